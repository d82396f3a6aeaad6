#pragma once

#include "net/media/g711.hpp"

#include <cmath>
#include <initializer_list>
#include <numbers>
#include <string>

namespace caly::test {

/// µ-law of the sum of tones.
inline std::string
tones(int ms, std::initializer_list<double> hertz, double loudness = 4000) {
  std::string codes;
  for (int i = 0; i < ms * 8; ++i) {
    double sample = 0;
    for (const auto each : hertz)
      sample += loudness * std::sin(2 * std::numbers::pi * each * i / 8000.0);
    codes += static_cast<char>(to_mulaw(static_cast<std::int16_t>(sample)));
  }
  return codes;
}

inline std::string quiet_line(int ms) {
  return std::string(static_cast<std::size_t>(ms) * 8, mulaw_silence);
}

} // namespace caly::test
