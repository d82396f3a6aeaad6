#pragma once

#include "actors/api/call_log.hpp"
#include "actors/call/call_self.hpp"

namespace caly {

/// The call as a state machine, for people who look for what is wrong with it.
call_view view_of(const call_self& self);

} // namespace caly
