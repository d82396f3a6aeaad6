#pragma once

#include <string_view>

namespace caly {

/// Counts the times in a line of a call's timeline, its members that end in `_ms`, into
/// the histogram `caly_turn_seconds` by stage: `answer` for `answer_ms`. All other lines
/// change nothing.
void observe_latency(std::string_view detail);

} // namespace caly
