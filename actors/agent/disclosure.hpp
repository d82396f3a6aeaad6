#pragma once

#include "actors/model/agent_profile.hpp"

namespace caly {

/// Makes the agent's first words begin with what people must be told before anything
/// else: that a machine speaks (where the agent has a line for it), and that the call is
/// recorded.
void put_disclosure_first(agent_profile& profile, bool recorded);

} // namespace caly
