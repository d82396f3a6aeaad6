#pragma once

#include "tests/simulators/callee/persona.hpp"

#include <string>
#include <string_view>

namespace caly::sim {

/// Whether `espeak-ng` is in the PATH.
bool espeak_is_installed();

/// µ-law audio of the text, in whole frames, pauses cut to 240 ms; empty when espeak-ng
/// fails. Blocks for some 10 ms.
std::string render_with_espeak(std::string_view text, voice speaks);

/// A row of tones that is different for each text and about as long as the words.
std::string render_tones(std::string_view text);

/// `seconds` of a sine of `hz`.
std::string render_sine(double hz, double seconds);

} // namespace caly::sim
