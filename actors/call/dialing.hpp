#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Steps 2 to 5 of the dial protocol for one reserved call: mark, fuse, send once,
/// record.
void dial(self_ptr<call_actor, call_state> self,
          const start_call& order,
          const call_options& options,
          const call_ports& ports);

/// Asks the carrier what became of the call and records the answer as an event.
void ask_carrier(self_ptr<call_actor, call_state> self, const call_ports& ports);

/// Writes down why this side ends the call; the first reason counts.
void give_reason(self_ptr<call_actor, call_state> self,
                 const call_ports& ports,
                 const std::string& reason);

/// The call is over with `status`: writes what is left, tells who waits, quits.
void finish(self_ptr<call_actor, call_state> self,
            const call_ports& ports,
            const std::string& status);

} // namespace caly
