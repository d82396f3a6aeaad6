#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Keeps what the caller told for slots, each with a line of the timeline, then calls
/// `then`. Errors: `fenced` (another session speaks in the call; this one was lost),
/// `unavailable`: not kept.
void keep_slots(call_self* self,
                const std::vector<captured_slot>& slots,
                std::function<void(caf::error)> then);

/// The same for a model that waits for the answer of its tool.
caf::result<tool_answer> answer_kept(call_self* self,
                                     const std::vector<captured_slot>& slots,
                                     const tool_answer& answer);

} // namespace caly
