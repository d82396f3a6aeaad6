#pragma once

#include <string>

namespace caly {

/// Four seconds that tell a caller on hold that the line stands: two soft notes, then
/// quiet. µ-law, 8 kHz.
const std::string& hold_tone();

} // namespace caly
