#include "net/speech/program/recogniser.hpp"

#include <algorithm>
#include <pocketsphinx/pocketsphinx.h>
#include <random>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace caly {

namespace {

/// Any sounds at all: what a grammar's words are measured against.
const std::string any_sounds = "any sounds";

constexpr int rate_hz = 16'000;
/// Frames of 10 ms; what sounds like speech for a shorter time is a noise.
constexpr int sounds_min = 12;
/// Speech that touches the ends of the audio is misheard.
constexpr std::size_t padding_samples = rate_hz * 300 / 1000;
/// Loudness of the hiss that is laid under everything: after digital silence, which no
/// microphone of the model's training knew, half of the sentences are misheard.
constexpr int hiss = 10;

/// The audio with quiet at both ends and a faint hiss.
std::vector<std::int16_t> prepare(std::span<const std::int16_t> samples) {
  std::vector<std::int16_t> out(samples.size() + 2 * padding_samples);
  std::ranges::copy(samples, out.begin() + padding_samples);
  std::minstd_rand noise; // the same each time: so are the answers
  for (auto& sample : out)
    sample = static_cast<std::int16_t>(std::clamp(
        sample + static_cast<int>(noise() % (2 * hiss + 1)) - hiss, -32'768, 32'767));
  return out;
}

/// A word of the dictionary: no silence, no noise, nothing that the search added.
bool is_word(std::string_view found) {
  return found != "SIL" && !found.empty() &&
         std::string_view{"<[+("}.find(found.front()) == std::string_view::npos;
}

/// How many frames of the audio the last search took for words or sounds.
int frames_of_words(ps_decoder_s* decoder) {
  int frames = 0;
  for (auto* part = ps_seg_iter(decoder); part; part = ps_seg_next(part)) {
    int first = 0, last = 0;
    ps_seg_frames(part, &first, &last);
    if (is_word(ps_seg_word(part)))
      frames += last - first + 1;
  }
  return frames;
}

} // namespace

void recogniser::release::operator()(ps_decoder_s* decoder) const noexcept {
  ps_free(decoder);
}

recogniser::recogniser(const std::string& model) {
  auto* config = cmd_ln_init(nullptr,
                             ps_args(),
                             1,
                             "-hmm",
                             (model + "/en-us").c_str(),
                             "-dict",
                             (model + "/cmudict-en-us.dict").c_str(),
                             "-beam",
                             "1e-80",
                             "-pbeam",
                             "1e-80",
                             "-wbeam",
                             "1e-60",
                             "-allphone_ci",
                             "yes",
                             "-bestpath",
                             "no",
                             "-remove_silence",
                             "no",
                             "-logfn",
                             "/dev/null",
                             nullptr);
  if (config)
    decoder_.reset(ps_init(config));
  cmd_ln_free_r(config);
  if (!decoder_ || ps_set_allphone(decoder_.get(), any_sounds.c_str(), nullptr) != 0)
    throw std::runtime_error{"pocketsphinx finds no model and dictionary in " + model};
}

recogniser::~recogniser() = default;

void recogniser::learn(const std::string& name, const std::string& jsgf) {
  if (std::ranges::find(known_, name) != known_.end())
    return;
  if (ps_set_jsgf_string(decoder_.get(), name.c_str(), jsgf.c_str()) != 0)
    throw std::runtime_error{"pocketsphinx refuses the grammar " + name};
  known_.push_back(name);
  if (known_.size() <= grammars_max)
    return;
  ps_unset_search(decoder_.get(), known_.front().c_str());
  known_.pop_front();
}

heard_words recogniser::hear(const std::string& name,
                             std::span<const std::int16_t> samples) {
  if (std::ranges::find(known_, name) == known_.end())
    throw std::runtime_error{"no grammar " + name};
  const auto audio = prepare(samples);
  search(any_sounds, audio);
  const auto sounds = frames_of_words(decoder_.get());
  if (sounds < sounds_min)
    return {};
  auto words = search(name, audio);
  // Speech that the grammar does not know ends up in its silences.
  const auto explained = frames_of_words(decoder_.get());
  return {std::move(words), std::clamp(1'000 * explained / sounds, 1, 1'000)};
}

std::string recogniser::search(const std::string& name,
                               std::span<const std::int16_t> samples) {
  auto* decoder = decoder_.get();
  if (ps_set_search(decoder, name.c_str()) != 0 || ps_start_utt(decoder) != 0)
    throw std::runtime_error{"pocketsphinx does not listen"};
  ps_process_raw(decoder, samples.data(), samples.size(), 0, 1);
  ps_end_utt(decoder);
  std::int32_t score = 0;
  const auto* words = ps_get_hyp(decoder, &score);
  return words ? words : "";
}

} // namespace caly
