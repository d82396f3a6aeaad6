#include "net/media/turns/loudness.hpp"

#include "net/media/g711.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>

namespace caly {

namespace {

/// The first character of four holds the upper six bits of the first of three codes: its
/// sign, its exponent and half of its mantissa.
std::array<std::int16_t, 256> magnitudes_of_base64() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int16_t, 256> table{};
  for (std::size_t bits = 0; bits < alphabet.size(); ++bits)
    table[static_cast<std::uint8_t>(alphabet[bits])] = static_cast<std::int16_t>(
        std::abs(int{from_mulaw(static_cast<std::uint8_t>(bits << 2 | 3))}));
  return table;
}

} // namespace

int loudness_of_base64(std::string_view audio) {
  static const auto table = magnitudes_of_base64();
  int sum = 0;
  int count = 0;
  for (std::size_t i = 0; i + 4 <= audio.size(); i += 4, ++count)
    sum += table[static_cast<std::uint8_t>(audio[i])];
  return count == 0 ? 0 : sum / count;
}

} // namespace caly
