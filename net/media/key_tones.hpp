#pragma once

#include <string>

namespace caly {

/// What a phone sends when this key is pressed: its two tones (ITU-T Q.23) for 100 ms,
/// the low one at -9 dBm0, the high one at -7, without clicks, and a pause of 100 ms;
/// `w` is a pause of half a second. µ-law, 8 kHz; empty for what is no key.
std::string key_tone(char key);

} // namespace caly
