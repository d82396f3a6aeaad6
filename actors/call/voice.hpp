#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Chooses the brain of the call and brings its agent. One that cannot run here is
/// replaced by the next that can, with a line in the log and in the call's timeline.
caf::result<voice_choice> choose(call_self* self, const choose_voice& ask);

/// Makes sure that the call has its agent for `brain`, from its rows when it has none or
/// another's; then calls `then` with no error. Errors: `not_found` (no usable agent, or a
/// brain that this node cannot run), `unavailable`.
void bring_agent(call_self* self, brain_kind brain, std::function<void(caf::error)> then);

} // namespace caly
