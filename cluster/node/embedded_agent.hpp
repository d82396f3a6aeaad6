#pragma once

#include "actors/call/call_agent.hpp"
#include "actors/model/speech/spoken_pattern.hpp"

#include <chrono>
#include <set>
#include <string>

namespace caly {

/// For calls that this node itself hears and speaks in.
struct embedded_agent_options {
  std::chrono::seconds idle{20};     ///< Silence of both sides until the call ends.
  std::chrono::seconds no_media{15}; ///< Without any audio until it ends.
  known_word knows; ///< What the recogniser can pronounce; empty: there is none.
};

/// For calls whose carrier hears and speaks.
struct carrier_agent_options {
  bool recording = false; ///< where neither the tenant nor the agent says
  bool announce_recording = true;
  std::set<std::string> recording_carriers{}; ///< that record calls for us
};

/// Brings a call an agent that needs no speech model: the carrier, or a program of ours,
/// turns speech into text and back, and the agent's own patterns, slots and templates
/// lead the conversation.
///
/// A call that another node began goes on where it stood: what the caller said before is
/// thought through again, without its effects.
call_agent_maker embedded_agents(embedded_agent_options options = {});

/// The same, for calls whose carrier hears and speaks: it says that the call is recorded
/// where the carrier does so.
call_agent_maker carrier_agents(carrier_agent_options options = {});

} // namespace caly
