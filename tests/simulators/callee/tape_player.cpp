#include "tests/simulators/callee/tape_player.hpp"

#include "tests/simulators/speech/mulaw.hpp"
#include "tests/simulators/speech/render.hpp"
#include "tests/simulators/speech/speech.hpp"

namespace caly::sim {

namespace {

constexpr double beep_hz = 1000;
constexpr double beep_s = 0.5;

} // namespace

void tape_player::say(std::string_view text, voice speaks) {
  const auto kept = parts_.emplace_back(std::make_shared<part>());
  world_.speech.say(
      text, speaks, [weak = std::weak_ptr<part>{kept}](const utterance_ptr& spoken) {
        if (const auto it = weak.lock()) {
          it->mulaw = spoken->mulaw;
          it->rendered = true;
        }
      });
}

void tape_player::pause(double seconds) {
  const auto frames = static_cast<std::size_t>(seconds / frame_s);
  parts_.push_back(std::make_shared<part>(
      part{std::string(frames * frame_bytes, mulaw_silence), true}));
}

void tape_player::beep() {
  parts_.push_back(std::make_shared<part>(part{render_sine(beep_hz, beep_s), true}));
}

void tape_player::stop() {
  parts_.clear();
  position_ = 0;
}

std::string_view tape_player::next() {
  frame_.assign(frame_bytes, mulaw_silence);
  if (parts_.empty() || !parts_.front()->rendered)
    return frame_;
  const auto& audio = parts_.front()->mulaw;
  frame_.replace(0, frame_bytes, audio, position_, frame_bytes);
  frame_.resize(frame_bytes, mulaw_silence);
  position_ += frame_bytes;
  if (position_ >= audio.size()) {
    parts_.pop_front();
    position_ = 0;
  }
  return frame_;
}

} // namespace caly::sim
