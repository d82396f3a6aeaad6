#pragma once

#include <cstdint>
#include <string_view>

namespace caly {

/// A 64-bit digest that is the same on every machine and build; not for secrets.
constexpr std::uint64_t digest_start = 0x9e3779b97f4a7c15;

constexpr std::uint64_t digest_of(std::uint64_t before, std::uint64_t x) noexcept {
  auto h = (before ^ x) * 0xff51afd7ed558ccd;
  h ^= h >> 32;
  h *= 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 29);
}

/// Of a text with its length; eight bytes at a time, the first one lowest.
constexpr std::uint64_t digest_of(std::uint64_t before, std::string_view text) noexcept {
  auto h = digest_of(before, static_cast<std::uint64_t>(text.size()));
  std::uint64_t word = 0;
  unsigned shift = 0;
  for (const char c : text) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << shift;
    shift += 8;
    if (shift == 64) {
      h = digest_of(h, word);
      word = 0;
      shift = 0;
    }
  }
  return shift > 0 ? digest_of(h, word) : h;
}

} // namespace caly
