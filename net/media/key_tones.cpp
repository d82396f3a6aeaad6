#include "net/media/key_tones.hpp"

#include "net/media/g711.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

namespace caly {

namespace {

constexpr int samples_a_ms = 8;
constexpr int tone_samples = 100 * samples_a_ms;
constexpr int ramp_samples = 5 * samples_a_ms;
constexpr std::size_t pause_bytes = 100 * samples_a_ms;
constexpr std::size_t wait_bytes = 500 * samples_a_ms;

constexpr std::string_view keys = "123A456B789C*0#D";
constexpr double low_hz[]{697, 770, 852, 941};
constexpr double high_hz[]{1209, 1336, 1477, 1633};

/// Peaks of sines: 32,124, the loudest code, is 3.17 dBm0.
constexpr double low_peak = 7'913;  // -9 dBm0
constexpr double high_peak = 9'962; // -7 dBm0

/// Rises and falls as half a cosine.
double loudness_at(int sample) {
  const auto edge = std::min({sample, tone_samples - 1 - sample, ramp_samples});
  return 0.5 - 0.5 * std::cos(std::numbers::pi * edge / ramp_samples);
}

double sine_at(int sample, double hz) {
  return std::sin(2 * std::numbers::pi * hz * sample / (1000 * samples_a_ms));
}

} // namespace

std::string key_tone(char key) {
  if (key == 'w')
    return std::string(wait_bytes, mulaw_silence);
  const auto at = keys.find(key);
  if (at == std::string_view::npos)
    return {};
  pcm_samples samples;
  for (int i = 0; i < tone_samples; ++i)
    samples.push_back(static_cast<std::int16_t>(
        loudness_at(i) * (low_peak * sine_at(i, low_hz[at / 4]) +
                          high_peak * sine_at(i, high_hz[at % 4]))));
  return encode_mulaw(samples) + std::string(pause_bytes, mulaw_silence);
}

} // namespace caly
