#include "net/media/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace caly {

namespace {

constexpr int mulaw_bias = 132;
constexpr int mulaw_clip = 32'635;
constexpr std::uint8_t alaw_mask = 0x55;

constexpr std::int16_t mulaw_sample(std::uint8_t code) {
  const unsigned bits = static_cast<std::uint8_t>(~code);
  const int magnitude =
      static_cast<int>((((bits & 0x0f) << 3) + mulaw_bias) << (bits >> 4 & 7)) -
      mulaw_bias;
  return static_cast<std::int16_t>(bits & 0x80 ? -magnitude : magnitude);
}

constexpr std::int16_t alaw_sample(std::uint8_t code) {
  const unsigned bits = code ^ alaw_mask;
  const unsigned segment = bits >> 4 & 7;
  unsigned magnitude = (bits & 0x0f) << 4;
  magnitude += segment == 0 ? 8 : 0x108;
  if (segment > 1)
    magnitude <<= segment - 1;
  return static_cast<std::int16_t>(bits & 0x80 ? static_cast<int>(magnitude)
                                               : -static_cast<int>(magnitude));
}

template <class Decode>
constexpr std::array<std::int16_t, 256> table_of(Decode decode) {
  std::array<std::int16_t, 256> table{};
  for (unsigned code = 0; code < table.size(); ++code)
    table[code] = decode(static_cast<std::uint8_t>(code));
  return table;
}

constexpr auto mulaw_samples = table_of(mulaw_sample);
constexpr auto alaw_samples = table_of(alaw_sample);

} // namespace

std::int16_t from_mulaw(std::uint8_t code) noexcept {
  return mulaw_samples[code];
}

std::int16_t from_alaw(std::uint8_t code) noexcept {
  return alaw_samples[code];
}

std::uint8_t to_mulaw(std::int16_t sample) noexcept {
  const unsigned sign = sample < 0 ? 0x80 : 0;
  const auto magnitude = static_cast<unsigned>(
      std::min(sample < 0 ? -int{sample} : int{sample}, mulaw_clip) + mulaw_bias);
  const auto exponent = static_cast<unsigned>(std::bit_width(magnitude)) - 8;
  const auto mantissa = magnitude >> (exponent + 3) & 0x0f;
  return static_cast<std::uint8_t>(~(sign | exponent << 4 | mantissa));
}

std::uint8_t to_alaw(std::int16_t sample) noexcept {
  int value = sample >> 3;
  const std::uint8_t mask = value >= 0 ? 0xd5 : alaw_mask;
  if (value < 0)
    value = -value - 1;
  const auto magnitude = static_cast<unsigned>(value);
  const auto width = static_cast<unsigned>(std::bit_width(magnitude));
  const auto segment = width > 5 ? width - 5 : 0;
  const auto mantissa = magnitude >> (segment > 1 ? segment : 1) & 0x0f;
  return static_cast<std::uint8_t>((segment << 4 | mantissa) ^ mask);
}

void decode_mulaw(std::string_view codes, pcm_samples& out) {
  out.clear();
  append_mulaw(codes, out);
}

void append_mulaw(std::string_view codes, pcm_samples& out) {
  const auto before = out.size();
  out.resize(before + codes.size());
  std::transform(codes.begin(), codes.end(), out.data() + before, [](char code) {
    return mulaw_samples[static_cast<std::uint8_t>(code)];
  });
}

std::string encode_mulaw(const pcm_samples& samples) {
  std::string out(samples.size(), '\0');
  std::transform(samples.begin(), samples.end(), out.begin(), [](std::int16_t sample) {
    return static_cast<char>(to_mulaw(sample));
  });
  return out;
}

} // namespace caly
