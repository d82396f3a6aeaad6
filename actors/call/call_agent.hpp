#pragma once

#include "actors/api/call.hpp"
#include "actors/api/call_control.hpp"
#include "runtime/base/clock.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What a tool of the agent did.
struct tool_effect {
  std::string output;      ///< JSON object for the model
  std::string action_kind; ///< empty: nothing to record
  std::string arguments;   ///< JSON object, checked
  bool end_call = false;
  std::optional<bool> pauses_recording{}; ///< false: it goes on
  std::string keys{};                     ///< to be pressed; empty: none
  std::optional<transfer_call> transfer{};
  std::vector<captured_slot> slots{}; ///< to be kept before the model is answered
  std::string expects{};              ///< the type of slot that is asked for next
  std::string language{};             ///< to go over to; empty: none
};

/// What an agent answers to a carrier that listens and speaks itself.
struct text_answer {
  std::string text;
  std::string language;    ///< en, hi, hinglish
  std::string action_kind; ///< empty: nothing to record
  std::string arguments;   ///< JSON object, checked
  std::string unsaved;     ///< said instead of `text` when the action was not recorded
  bool end_call = false;
  std::string end_reason;
  std::optional<bool> pauses_recording{}; ///< false: it goes on
  std::optional<transfer_call> transfer{};
  std::vector<captured_slot> slots{}; ///< to be kept
  std::string expects{};              ///< the type of slot that the words ask for
};

/// The agent of one call: knows its words and decides what its tools may do. Has no
/// effects itself. Used by one call actor only.
class call_agent {
public:
  virtual ~call_agent() = default;

  /// How the conversation is to run, after what was said and done so far. Where something
  /// was said the line broke, and the agent bridges that with its first words.
  virtual media_plan plan(const std::vector<transcript_turn>& said,
                          const std::vector<done_action>& done) = 0;

  /// `caller_said`: the caller's last words, which may confirm what the agent read out.
  virtual tool_effect
  use_tool(const tool_called& ask, std::string_view caller_said, wall_time now) = 0;

  /// What was captured in the call before. The base has no slots.
  virtual void restore(const std::vector<captured_slot>& slots) {
    static_cast<void>(slots);
  }

  /// Said to the caller, in the language of the talk, when `name` could not be had.
  virtual std::string not_transferred(const std::string& name,
                                      const std::vector<transcript_turn>& said);

  /// The same when the caller was on hold, or spoke with a person, and the agent has the
  /// word again.
  virtual std::string back_again(const std::vector<transcript_turn>& said);

  /// The last words of a call that reaches its maximum length.
  virtual std::string time_is_up(const std::vector<transcript_turn>& said);

  /// The first words for a carrier that listens and speaks itself; after a break (`said`
  /// is not empty) those to go on with. The base has none and ends the call.
  virtual text_answer open(const std::vector<transcript_turn>& said);

  /// The answer to `heard`, which is empty when nothing was heard and is not in `said`
  /// yet.
  virtual text_answer
  reply(std::string_view heard, const std::vector<transcript_turn>& said, wall_time now);
};

/// Makes the agent of a call from its rows; null when the rows name no usable agent.
using call_agent_maker = std::function<std::unique_ptr<call_agent>(const call_sheet&)>;

/// How the agent of a call would like to speak.
struct voice_wish {
  std::optional<brain_kind> brain; ///< nothing: the node's usual one
  std::string language;            ///< to begin in: en, hi, hinglish
};

/// What a node has for the voices of its calls.
struct call_voices {
  brain_kind usual = brain_kind::gather; ///< for agents that name none
  /// The brains that this node can run, each with what makes its agents.
  std::map<brain_kind, call_agent_maker> agents;
  /// Nothing when the rows name no usable agent.
  std::function<std::optional<voice_wish>(const call_sheet&)> wish_of;
  /// What whoever replays a call makes the same agents from: a JSON object without
  /// secrets; empty: they cannot be made again.
  std::string recipe{};
};

} // namespace caly
