#pragma once

#include "net/media/recording/tape.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace caly::recording {

/// What a tape became.
struct mixed_tape {
  tape_label label;
  std::int64_t ms = 0;
  std::int64_t bytes = 0; ///< of the WAV file
  std::string sha256;     ///< of the WAV file, lower-case hexadecimal
  /// The loudest sample of each of `peaks_max` equal stretches, first the caller's, then
  /// the agent's; a byte each, 255 is full scale. Base64.
  std::string peaks;
  bool torn = false; ///< the end of the tape was damaged and is left out
};

inline constexpr std::size_t peaks_max = 1000;
/// Of a µ-law WAV file with a `fact` chunk.
inline constexpr std::size_t wav_head_bytes = 58;

/// The head of a WAV file of two µ-law channels (format 7) at 8 kHz.
std::string wav_head(std::uint32_t samples_per_channel);

/// Makes a WAV file of a tape: the caller left, the agent right, silence where nothing
/// was heard. The file stands whole and synced under its name, or not at all; made again
/// it is the same. µ-law, because that is what was on the line: nothing is lost, and it
/// takes half the room of 16-bit samples; browsers play it.
///
/// The recording ends where the caller's audio ends, or where the tape says: what the
/// agent still had to say then was not heard.
///
/// Errors: those of `tape_reader`; `unavailable` (the disk is full or broken).
caf::expected<mixed_tape> mix_down(const std::filesystem::path& tape,
                                   const std::filesystem::path& wav);

} // namespace caly::recording
