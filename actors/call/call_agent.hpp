#pragma once

#include "actors/api/call.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace caly {

/// What a tool of the agent did.
struct tool_effect {
  std::string output;      ///< JSON object for the model
  std::string action_kind; ///< empty: nothing to record
  std::string arguments;   ///< JSON object, checked
  bool end_call = false;
};

/// The agent of one call: knows its words and decides what its tools may do. Has no
/// effects itself. Used by one call actor only.
class call_agent {
public:
  virtual ~call_agent() = default;

  /// How the conversation is to run, after what was said so far.
  virtual media_plan plan(const std::vector<transcript_turn>& said) = 0;

  virtual tool_effect use_tool(const tool_called& ask) = 0;
};

/// Makes the agent of a call from its rows; null when the rows name no usable agent.
using call_agent_maker = std::function<std::unique_ptr<call_agent>(const call_sheet&)>;

} // namespace caly
