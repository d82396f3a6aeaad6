#pragma once

#include "actors/call/call_agent.hpp"

namespace caly {

/// Brings a call an agent that needs no speech model: the carrier turns speech into text
/// and back, and the agent's own patterns, slots and templates lead the conversation.
///
/// A call that another node began goes on where it stood: what the caller said before is
/// thought through again, without its effects.
call_agent_maker embedded_agents();

} // namespace caly
