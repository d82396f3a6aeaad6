#include "tests/simulators/speech/mulaw.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <map>
#include <numbers>
#include <numeric>
#include <utility>

namespace caly::sim {

namespace {

constexpr int bias = 132;
constexpr int clip = 32635;

constexpr std::int16_t decode_one(std::uint8_t code) {
  const auto u = static_cast<std::uint8_t>(~code);
  int t = ((u & 0x0F) << 3) + bias;
  t <<= (u >> 4) & 7;
  const int sample = t - bias;
  return static_cast<std::int16_t>((u & 0x80) != 0 ? -sample : sample);
}

constexpr std::array<std::int16_t, 256> make_table() {
  std::array<std::int16_t, 256> table{};
  for (int code = 0; code < 256; ++code)
    table[static_cast<std::size_t>(code)] = decode_one(static_cast<std::uint8_t>(code));
  return table;
}

constexpr auto mulaw_table = make_table();

/// The taps of a resampler, one set for each place between two input samples.
struct resample_filter {
  int up = 1;
  int down = 1;
  int half = 0; ///< Taps on each side.
  std::vector<std::vector<float>> phases;
};

resample_filter make_filter(int from_hz, int to_hz) {
  resample_filter filter;
  const int divisor = std::gcd(from_hz, to_hz);
  filter.up = to_hz / divisor;
  filter.down = from_hz / divisor;
  const double ratio = static_cast<double>(from_hz) / to_hz;
  const double cutoff = 0.45 * std::min(1.0, 1 / ratio); // cycles an input sample
  filter.half = static_cast<int>(std::ceil(8 * std::max(1.0, ratio)));
  for (int phase = 0; phase < filter.up; ++phase) {
    auto& taps = filter.phases.emplace_back();
    double total = 0;
    for (int k = 1 - filter.half; k <= filter.half; ++k) {
      const double x = k - static_cast<double>(phase) / filter.up;
      const double angle = 2 * std::numbers::pi * cutoff * x;
      const double sinc = std::abs(angle) < 1e-9 ? 1 : std::sin(angle) / angle;
      const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * x / filter.half);
      taps.push_back(static_cast<float>(sinc * window));
      total += sinc * window;
    }
    for (auto& tap : taps)
      tap /= static_cast<float>(total);
  }
  return filter;
}

const resample_filter& filter_for(int from_hz, int to_hz) {
  thread_local std::map<std::pair<int, int>, resample_filter> filters;
  const auto key = std::pair{from_hz, to_hz};
  const auto found = filters.find(key);
  if (found != filters.end())
    return found->second;
  return filters.emplace(key, make_filter(from_hz, to_hz)).first->second;
}

} // namespace

std::int16_t from_mulaw(std::uint8_t code) noexcept {
  return mulaw_table[code];
}

std::uint8_t to_mulaw(std::int16_t sample) noexcept {
  const bool negative = sample < 0;
  const int magnitude = std::min(std::abs(static_cast<int>(sample)), clip) + bias;
  const int exponent = std::bit_width(static_cast<unsigned>(magnitude)) - 8;
  const int mantissa = (magnitude >> (exponent + 3)) & 0x0F;
  const int code = (negative ? 0x80 : 0) | (exponent << 4) | mantissa;
  return static_cast<std::uint8_t>(~code);
}

std::int16_t from_alaw(std::uint8_t code) noexcept {
  const int a = code ^ 0x55;
  int t = (a & 0x0F) << 4;
  const int segment = (a >> 4) & 7;
  if (segment == 0)
    t += 8;
  else
    t = (t + 0x108) << (segment - 1);
  return static_cast<std::int16_t>((a & 0x80) != 0 ? t : -t);
}

std::uint8_t to_alaw(std::int16_t sample) noexcept {
  int p = sample >> 3;
  const int mask = p >= 0 ? 0xD5 : 0x55;
  if (p < 0)
    p = -p - 1;
  const int segment =
      std::max(0, static_cast<int>(std::bit_width(static_cast<unsigned>(p))) - 5);
  if (segment > 7)
    return static_cast<std::uint8_t>(0x7F ^ mask);
  const int low = segment < 2 ? (p >> 1) & 0x0F : (p >> segment) & 0x0F;
  return static_cast<std::uint8_t>(((segment << 4) | low) ^ mask);
}

std::string encode_mulaw(const samples& pcm) {
  std::string out(pcm.size(), '\0');
  std::transform(pcm.begin(), pcm.end(), out.begin(), [](std::int16_t sample) {
    return static_cast<char>(to_mulaw(sample));
  });
  return out;
}

samples decode_mulaw(std::string_view bytes) {
  samples out(bytes.size());
  std::transform(bytes.begin(), bytes.end(), out.begin(), [](char c) {
    return from_mulaw(static_cast<std::uint8_t>(c));
  });
  return out;
}

samples resample(const samples& in, int from_hz, int to_hz) {
  if (from_hz == to_hz || in.empty())
    return in;
  const auto& filter = filter_for(from_hz, to_hz);
  const auto last = static_cast<std::ptrdiff_t>(in.size()) - 1;
  samples out(in.size() * static_cast<std::size_t>(filter.up) /
              static_cast<std::size_t>(filter.down));
  for (std::size_t n = 0; n < out.size(); ++n) {
    const auto place = static_cast<std::ptrdiff_t>(n) * filter.down;
    const auto first = place / filter.up - filter.half + 1;
    const auto& weights = filter.phases[static_cast<std::size_t>(place % filter.up)];
    float sum = 0;
    for (std::size_t tap = 0; tap < weights.size(); ++tap) {
      const auto at =
          std::clamp<std::ptrdiff_t>(first + static_cast<std::ptrdiff_t>(tap), 0, last);
      sum += weights[tap] * in[static_cast<std::size_t>(at)];
    }
    out[n] = static_cast<std::int16_t>(std::clamp(sum, -32768.0F, 32767.0F));
  }
  return out;
}

int loudness(std::string_view mulaw) noexcept {
  if (mulaw.empty())
    return 0;
  std::int64_t sum = 0;
  for (const auto c : mulaw)
    sum += std::abs(static_cast<int>(from_mulaw(static_cast<std::uint8_t>(c))));
  return static_cast<int>(sum / static_cast<std::int64_t>(mulaw.size()));
}

} // namespace caly::sim
