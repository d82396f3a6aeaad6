#pragma once

#include "actors/agent/tool_desk.hpp"
#include "actors/api/call_control.hpp"

namespace caly {

/// What an agent's wish for a person means for its call.
transfer_call order_of(const transfer_wish& wish, const agent_profile& profile);

/// Said to a caller for whom `name` could not be had.
std::string nobody_there(std::string_view name, std::string_view language);

} // namespace caly
