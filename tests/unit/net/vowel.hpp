#pragma once

#include "net/media/g711.hpp"

#include <cmath>
#include <numbers>
#include <string>

namespace caly::test {

/// A vowel of `ms`: a pulse of 140 Hz with two resonances, as a voice has them.
inline std::string vowel(int ms, double loudness) {
  std::string codes;
  for (int i = 0; i < ms * 8; ++i) {
    const double t = i / 8000.0;
    double sample = 0;
    for (int k = 1; k < 25; ++k) {
      const double hz = 140.0 * k;
      const double gain = 1 / (1 + std::pow((hz - 700) / 150, 2)) +
                          0.5 / (1 + std::pow((hz - 1200) / 200, 2));
      sample += gain * std::sin(2 * std::numbers::pi * hz * t);
    }
    codes += static_cast<char>(to_mulaw(static_cast<std::int16_t>(loudness * sample)));
  }
  return codes;
}

} // namespace caly::test
