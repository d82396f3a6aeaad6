#pragma once

#include "net/media/cascade/ports.hpp"
#include "net/media/sentence_sounds.hpp"

#include <memory>

namespace caly {

/// Voices of `maker` that keep what they said; a sentence that was said before is there
/// at once. One store per vendor, voice and speed.
voice_maker keep_sounds(voice_maker maker, std::shared_ptr<sentence_sounds> sounds);

} // namespace caly
