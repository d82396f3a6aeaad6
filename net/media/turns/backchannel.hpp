#pragma once

#include <string_view>

namespace caly {

/// Whether these words only say "I am listening": "haan", "ok", "hmm", "achha ji", in
/// English, Hindi (both scripts) and Hinglish. False for no words at all.
bool is_backchannel(std::string_view words);

} // namespace caly
