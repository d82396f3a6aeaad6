#pragma once

#include <set>
#include <string>
#include <string_view>

namespace caly {

/// What one utterance of a caller points to: refusal, not_interested, voicemail,
/// callback, appointment, interested, positive, negative.
std::set<std::string, std::less<>> find_signals(std::string_view utterance);

} // namespace caly
