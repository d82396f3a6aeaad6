#pragma once

#include "net/media/recording/mixdown.hpp"

namespace caly::recording {

/// Looks a WAV file of two channels over that somebody else made: PCM of 16 bit or µ-law,
/// 8 to 48 kHz. Its `label` stays empty. Errors: `invalid` (what is wrong with it),
/// `unavailable` (the disk).
caf::expected<mixed_tape> look_at_wav(const std::filesystem::path& wav);

} // namespace caly::recording
