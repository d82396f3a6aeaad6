#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Samples of one channel, 16 bits each.
using pcm_samples = std::vector<std::int16_t>;

/// G.711 (ITU-T), the codes of telephone audio: a byte a sample, 8,000 a second.
std::int16_t from_mulaw(std::uint8_t code) noexcept;
std::uint8_t to_mulaw(std::int16_t sample) noexcept;
std::int16_t from_alaw(std::uint8_t code) noexcept;
std::uint8_t to_alaw(std::int16_t sample) noexcept;

/// What a line carries while nobody speaks.
inline constexpr char mulaw_silence = '\xff';

/// `out` is overwritten, its memory kept.
void decode_mulaw(std::string_view codes, pcm_samples& out);
void append_mulaw(std::string_view codes, pcm_samples& out);
std::string encode_mulaw(const pcm_samples& samples);

} // namespace caly
