#include "net/media/hold_tone.hpp"

#include "net/media/g711.hpp"

#include <cmath>
#include <numbers>

namespace caly {

namespace {

constexpr int rate = 8'000;
constexpr int note_samples = rate / 4;
constexpr double loudness = 2'600; ///< About -22 dBm0: softer than speech.

void add_note(pcm_samples& out, double hertz) {
  for (int i = 0; i < note_samples; ++i) {
    // Swells and fades, so that it does not click.
    const auto swell = std::sin(std::numbers::pi * i / note_samples);
    out.push_back(static_cast<std::int16_t>(
        loudness * swell * std::sin(2 * std::numbers::pi * hertz * i / rate)));
  }
}

std::string make_tone() {
  pcm_samples samples;
  add_note(samples, 523.25);
  add_note(samples, 659.25);
  samples.resize(std::size_t{4} * rate);
  return encode_mulaw(samples);
}

} // namespace

const std::string& hold_tone() {
  static const auto tone = make_tone();
  return tone;
}

} // namespace caly
