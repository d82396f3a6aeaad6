#pragma once

#include "actors/agent/realtime_session.hpp"
#include "actors/api/answering.hpp"
#include "actors/call/call_agent.hpp"

#include <chrono>

namespace caly {

struct speaking_options {
  realtime_options realtime;
  std::chrono::seconds idle{20};
  std::chrono::seconds no_media{15};
  int tool_calls_max = 20;
  bool recording = false; ///< where neither the tenant nor the agent says
  bool announce_recording = true;
  /// What outbound calls do about who picks up, as far as their agent can; no words.
  answer_plan answering;
};

/// Brings a call its agent: the profile of the agent's version, filled with the variables
/// of the person.
call_agent_maker speaking_agents(speaking_options options);

} // namespace caly
