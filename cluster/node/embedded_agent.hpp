#pragma once

#include "actors/call/call_agent.hpp"
#include "actors/model/speech/spoken_pattern.hpp"

#include <chrono>

namespace caly {

/// For calls that this node itself hears and speaks in.
struct embedded_agent_options {
  std::chrono::seconds idle{20};     ///< Silence of both sides until the call ends.
  std::chrono::seconds no_media{15}; ///< Without any audio until it ends.
  known_word knows; ///< What the recogniser can pronounce; empty: there is none.
};

/// Brings a call an agent that needs no speech model: the carrier, or a program of ours,
/// turns speech into text and back, and the agent's own patterns, slots and templates
/// lead the conversation.
///
/// A call that another node began goes on where it stood: what the caller said before is
/// thought through again, without its effects.
call_agent_maker embedded_agents(embedded_agent_options options = {});

} // namespace caly
