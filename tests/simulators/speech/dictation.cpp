#include "tests/simulators/speech/dictation.hpp"

#include <algorithm>
#include <utility>

namespace caly::sim {

namespace {

constexpr std::size_t step_bytes = 320;
constexpr int partial_ms = 200;
constexpr int silence_ms_max = 5000; // is settled as silence
constexpr int pause_ms_min = 300;    // utterances have shorter pauses in themselves

} // namespace

dictation::dictation(const utterance_index& known, int pause_ms, listener tell)
    : tell_{std::move(tell)},
      ear_{known,
           {[this](int) {
              speaking_ = true;
              tell_.started(heard_ms());
            },
            [this](int, const std::string& words) { settle(words); }}} {
  config_.input = audio_codec::pcmu;
  config_.silence_ms = std::max(pause_ms, pause_ms_min);
}

void dictation::hear(std::string_view audio) {
  // In small steps, so that many words that come at once are told as if they came in
  // time.
  for (; !audio.empty(); audio.remove_prefix(std::min(step_bytes, audio.size()))) {
    const auto step = audio.substr(0, step_bytes);
    bytes_ += step.size();
    ear_.hear(step, config_);
    if (speaking_ && heard_ms() - told_ms_ >= partial_ms) {
      told_ms_ = heard_ms();
      if (auto words = ear_.so_far(); words != so_far_ && !words.empty()) {
        so_far_ = std::move(words);
        tell_.partial(settled_ms_, heard_ms(), so_far_);
      }
    } else if (!speaking_ && heard_ms() - settled_ms_ >= silence_ms_max) {
      settle("");
    }
  }
}

void dictation::settle() {
  settle(ear_.commit());
}

void dictation::settle(const std::string& words) {
  const auto from = std::exchange(settled_ms_, heard_ms());
  speaking_ = false;
  so_far_.clear();
  tell_.settled(from, settled_ms_, words);
}

} // namespace caly::sim
