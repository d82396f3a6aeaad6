#pragma once

#include "actors/model/brain_kind.hpp"
#include "actors/model/language_switching.hpp"
#include "runtime/base/json.hpp"

#include <caf/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Languages an agent may speak: `en`, `hi` (Devanagari), `hinglish` (Latin letters).
using by_language = std::map<std::string, std::string, std::less<>>;

/// Something the agent can do besides talking.
struct agent_tool {
  std::string name;
  std::string description;
  /// `R0` reads the caller's own data, `R1` writes what can be undone, `R2` needs the
  /// caller's spoken confirmation.
  std::string risk = "R0";
  /// `end_call`; `record` writes an action of kind `action`; `lookup` asks a connected
  /// system; `press_keys` on the line, for menus; `pause_recording` and
  /// `resume_recording` stand around what must not be heard again, as a card's number;
  /// `transfer` hands the call over to a person.
  std::string effect;
  std::string action;
  std::string parameters; ///< JSON schema of the arguments.
};

/// A person whom the agent may hand its calls over to.
struct agent_transfer {
  std::string name;        ///< as the agent and the caller call them
  std::string destination; ///< E.164 or sip:
  std::string mode;        ///< warm, blind or refer (actors/api/call_control.hpp)
  std::string when;        ///< what they are there for, for the model
};

/// The tool that every agent with transfers has.
inline constexpr std::string_view transfer_tool_name = "transfer_call";

/// One piece of information that an agent asks for.
struct agent_slot {
  std::string name;
  /// text, number, amount, date, time, name, phone, email, pin, code, yes_no or choice.
  std::string type = "text";
  by_language prompt;
  std::vector<std::string> choices;
  /// Declared with `kind`: captured by every brain and kept with the call. Else only the
  /// embedded brain fills it, on its way to a tool.
  bool captured = false;
  bool required = false;          ///< The talk is not done without it.
  bool read_back = false;         ///< It counts once the caller confirmed it.
  int asks_max = 3;               ///< 1 to 5; then the agent goes on without it.
  std::optional<double> min, max; ///< number, amount; of text, name, code: characters
  std::string earliest, latest;   ///< date: `2026-11-21`, or `today`; empty: any
};

/// The tools of agents that capture slots, and of those that speak several languages.
inline constexpr std::string_view capture_tool_name = "capture_slot";
inline constexpr std::string_view confirm_tool_name = "confirm_slot";
inline constexpr std::string_view language_tool_name = "switch_language";

/// What a caller may want, and what the embedded brain does about it.
struct agent_intent {
  std::string name;
  double weight = 1.0;
  /// `I do not want X` counts against X.
  bool negatable = false;
  /// RE2 patterns over whole words, in any of the languages.
  std::vector<std::string> patterns;
  std::vector<std::string> slots; ///< Asked for in this order before the tool runs.
  std::string tool;
  by_language reply;
  by_language unavailable; ///< Said when the tool's system is not connected.
  std::string end_reason;  ///< Ends the call when not empty.
};

/// A fact that the analysis after the call looks for.
struct extraction_field {
  std::string name;
  std::string type = "text"; ///< text, number, boolean or choice
  std::string description;
  std::vector<std::string> choices;
  std::string slot; ///< Type of slot whose finder reads it from the transcript.
};

/// Everything an agent is; pinned by version while a campaign runs.
struct agent_profile {
  std::string slug;
  std::string name;
  std::string sector;
  std::string kind;                   ///< inbound, outbound or both
  std::vector<std::string> languages; ///< The one to begin in first.
  language_switching switching = language_switching::follow;
  std::vector<std::string> variables; ///< Used by the prompt and the greetings.
  std::string voice;                  ///< Empty takes the setting.
  std::optional<brain_kind> brain;    ///< Nothing takes the setting.
  std::string prompt;
  by_language greeting;
  by_language disclosure; ///< Before the greeting: that a machine speaks. May be empty.
  by_language recording_notice;  ///< After that, when the call is recorded.
  std::string recording;         ///< on, off; empty takes the setting.
  std::string on_voicemail;      ///< message, hang_up; empty takes the setting.
  by_language voicemail_message; ///< Left after the beep; empty: greeting and goodbye.
  by_language goodbye;
  by_language fallback;
  by_language bridge; ///< Said when the line broke and the call goes on.
  std::vector<std::string> guardrails;
  std::vector<agent_transfer> transfers;
  /// With transfers there is one named `transfer_tool_name`, made from them.
  std::vector<agent_tool> tools;
  std::vector<agent_slot> slots;
  std::vector<agent_intent> intents;
  std::vector<extraction_field> extraction;

  const agent_tool* find_tool(std::string_view name) const;
  /// The first one when `name` is none of them; null when there are none.
  const agent_transfer* find_transfer(std::string_view name) const;
  const agent_slot* find_slot(std::string_view name) const;
  bool captures_slots() const;
  const agent_intent* find_intent(std::string_view name) const;
};

/// Reads a profile as it lies in `agent_versions.profile`. Errors: `errc::invalid` with
/// all problems.
caf::expected<agent_profile> parse_agent_profile(std::string_view json_text);

/// Something wrong with a member of an agent: `slots[2].min must be a number`.
struct profile_problem {
  std::string field; ///< the member of the agent: slots
  std::string what;  ///< where in it, and why
};

/// What is wrong with the lists of an agent that people write, as far as `changes` holds
/// them: languages and their policy, transfers, tools, slots, extraction.
std::vector<profile_problem> problems_of_changes(const json& changes);

std::string to_json(const agent_profile& profile);

/// The text in `language`, else in English, else in any.
std::string_view in_language(const by_language& texts, std::string_view language);

} // namespace caly
