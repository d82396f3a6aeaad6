#pragma once

#include "actors/model/agent_profile.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// Something to be recorded for the person: an appointment, a ticket, a refusal.
struct tool_action {
  std::string kind;
  std::string arguments; ///< JSON object, checked against the tool's schema.
};

/// To whom the call is to be handed over.
struct transfer_wish {
  agent_transfer to;
  std::string summary; ///< what they should know first; may be empty
};

struct tool_outcome {
  std::string output; ///< JSON object for the model.
  bool ok = false;
  /// A system that would have to answer is not connected.
  bool not_connected = false;
  std::optional<tool_action> action;
  bool end_call = false;
  std::string end_reason;
  std::optional<bool> pauses_recording; ///< false: it goes on
  std::optional<transfer_wish> transfer;
  std::string keys; ///< to be pressed; empty: none
};

/// Decides what a model's tool call does: the model proposes, the platform decides.
///
/// One desk a call. It bounds the number of calls, refuses the same call a fourth time,
/// checks arguments against the schema, and lets R2 tools through only after the caller
/// confirmed. It has no effects itself: the caller records `action`.
class tool_desk {
public:
  explicit tool_desk(int calls_max = 20) : calls_max_{calls_max} {}

  /// `confirmed`: the caller's last words were a plain yes to what the agent read out.
  tool_outcome call(const agent_profile& profile,
                    std::string_view name,
                    std::string_view arguments,
                    bool confirmed = false);

private:
  int calls_max_;
  int calls_ = 0;
  std::map<std::string, int> repeats_;
};

/// What is wrong with `arguments` under the JSON schema of a tool; empty when nothing is.
/// Understands the schemas of sector packs: a flat object of scalars.
std::string check_tool_arguments(std::string_view schema, std::string_view arguments);

} // namespace caly
