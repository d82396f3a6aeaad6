#pragma once

#include "actors/call/call_agent.hpp"
#include "config/settings.hpp"

namespace caly {

/// The brains that the settings give a node, and the agents behind them.
call_voices voices_of(const settings& chosen);

} // namespace caly
