#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/openai/intent.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace caly::sim {

/// A function the model wants to be called.
struct tool_use {
  std::string name;
  std::string arguments; ///< JSON text.
};

/// What the model does when it is its turn: words, a tool, or words and then a tool.
struct agent_turn {
  std::string words;
  std::optional<tool_use> tool;
};

class slot_talk;

/// The simulated model: a small script instead of a network. It greets as its
/// instructions say, answers by intent in the caller's language, uses the tools that fit,
/// and ends the call after a goodbye when it has a tool for that.
class brain {
public:
  brain();
  /// `tools` is an array of function objects, flat (Realtime, Responses) or nested
  /// (Chat Completions).
  void instruct(std::string instructions, json tools);

  /// The turn that an instruction such as `Say this now: …` leaves no choice about.
  std::optional<agent_turn> dictated(std::string_view hint) const;
  /// The first words, before anybody spoke. `hint` are the instructions of this one turn.
  agent_turn open(std::string_view hint);
  agent_turn answer(std::string_view heard);
  /// The turn after a tool answered.
  agent_turn after_tool(std::string_view output);
  /// A turn without anything new to answer.
  agent_turn go_on(std::string_view hint);
  /// Words beside the conversation, e.g. while a tool runs.
  agent_turn fill_in(std::string_view hint) const;

private:
  struct tool {
    std::string name;
    json parameters;
  };

  enum class wish { nothing, order_number, moment };

  std::optional<tool> find_tool(std::initializer_list<std::string_view> parts) const;
  tool_use use(const tool& chosen) const;
  agent_turn say(intent meaning) const;
  agent_turn part(intent meaning) const;
  agent_turn answer_order(intent meaning);
  agent_turn answer_appointment(intent meaning);
  agent_turn answer_later(std::string_view heard) const;

  std::string instructions_;
  json tools_;
  std::string heard_; ///< Everything the caller said, one "user: …" a line.
  tongue speaks_ = tongue::english;
  wish waits_for_ = wish::nothing;
  bool parts_after_tool_ = false;
  /// Behind a pointer: it makes turns of this model.
  std::shared_ptr<slot_talk> slots_;
};

} // namespace caly::sim
