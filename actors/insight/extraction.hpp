#pragma once

#include "actors/api/call_store.hpp"
#include "actors/model/agent_profile.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace caly {

struct extracted_fields {
  std::string json; ///< Every field of the agent; null when it was not said.
  std::size_t found = 0;
  std::vector<std::string> phrases; ///< `budget 8500000`, for the summary.
};

/// Reads the agent's extraction fields from what the caller said; the last mention
/// counts, because people correct themselves.
extracted_fields extract_fields(const agent_profile& profile,
                                const std::vector<transcript_turn>& turns,
                                std::chrono::local_seconds at);

} // namespace caly
