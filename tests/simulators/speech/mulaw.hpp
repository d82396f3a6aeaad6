#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

/// Bytes of 20 ms of G.711 audio at 8 kHz.
inline constexpr std::size_t frame_bytes = 160;
inline constexpr double frame_s = 0.02;
inline constexpr char mulaw_silence = static_cast<char>(0xFF);

using samples = std::vector<std::int16_t>;

std::int16_t from_mulaw(std::uint8_t code) noexcept;
std::uint8_t to_mulaw(std::int16_t sample) noexcept;
std::int16_t from_alaw(std::uint8_t code) noexcept;
std::uint8_t to_alaw(std::int16_t sample) noexcept;

std::string encode_mulaw(const samples& pcm);
samples decode_mulaw(std::string_view bytes);

/// Windowed-sinc resampling, good enough for speech; any ratio.
samples resample(const samples& in, int from_hz, int to_hz);

/// Mean magnitude of the samples of some µ-law audio, 0 to 32124.
int loudness(std::string_view mulaw) noexcept;

/// Whether 20 ms hold speech rather than silence or line noise.
inline bool is_voiced(std::string_view mulaw) noexcept {
  return loudness(mulaw) > 150;
}

} // namespace caly::sim
