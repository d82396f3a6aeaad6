#pragma once

#include "actors/call/call.hpp"

namespace caly {

/// Steps 2 to 5 of the dial protocol for one reserved call: mark, fuse, send once,
/// record.
void dial(call_self* self, const start_call& order);

/// Asks the carrier what became of the call and records the answer as an event.
void ask_carrier(call_self* self);

} // namespace caly
