#pragma once

#include <cstddef>
#include <string_view>

namespace caly {

/// Base64 characters of about 10 ms of µ-law: 81 codes.
inline constexpr std::size_t base64_10ms = 108;

/// How long so many characters of base64 last as µ-law at 8 kHz, in milliseconds.
inline constexpr std::size_t ms_of_base64(std::size_t characters) {
  return characters / 4 * 3 / 8;
}

/// Mean magnitude of a sample, 0 to 32,124, of µ-law as base64. Looks at every third
/// sample, a table's entry each: tens of nanoseconds for a frame of 20 ms.
int loudness_of_base64(std::string_view audio);

} // namespace caly
