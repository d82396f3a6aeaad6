#pragma once

#include "actors/api/call_store.hpp"
#include "actors/model/agent_profile.hpp"

namespace caly {

/// Whether a call is to be recorded. The tenant's word counts before the agent's, and
/// that before the node's.
inline bool
is_recorded(const call_sheet& sheet, const agent_profile& profile, bool usually) {
  if (sheet.recording != "agent")
    return sheet.recording == "on";
  return profile.recording.empty() ? usually : profile.recording == "on";
}

} // namespace caly
