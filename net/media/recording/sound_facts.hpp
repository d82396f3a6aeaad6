#pragma once

#include "net/media/recording/mixdown.hpp"
#include "runtime/base/text.hpp"

#include <span>

namespace caly::recording {

/// G.711: 0 to 32124.
inline int mulaw_loudness(char coded) {
  const auto bits = static_cast<unsigned>(static_cast<unsigned char>(~coded));
  const auto exponent = bits >> 4 & 7;
  return static_cast<int>((((bits & 15) << 3) + 0x84) << exponent) - 0x84;
}

/// `mixed_tape::peaks` of two channels; `loudness(sample, channel)` is 0 to 32767.
template <class Loudness>
std::string peaks_of(std::size_t length, Loudness loudness) {
  std::string out(2 * peaks_max, '\0');
  for (std::size_t at = 0; at < length; ++at)
    for (std::size_t channel = 0; channel < 2; ++channel) {
      auto& peak = out[channel * peaks_max + at * peaks_max / length];
      const auto loud = loudness(at, channel) >> 7;
      if (loud > static_cast<unsigned char>(peak))
        peak = static_cast<char>(loud);
    }
  return to_base64(out);
}

/// Lower-case hexadecimal.
std::string sha256_of(std::span<const char> bytes);

} // namespace caly::recording
