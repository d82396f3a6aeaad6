#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Makes sure that the call has its agent, from the call's rows when it has none yet,
/// then calls `then` with no error. Errors: those of the call store, `not_found` when the
/// rows name no usable agent.
void bring_agent(self_ptr<call_actor, call_state> self,
                 const call_ports& ports,
                 std::function<void(caf::error)> then);

} // namespace caly
