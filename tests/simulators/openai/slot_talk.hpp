#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/openai/brain.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace caly::sim {

/// How the model finds out what its instructions want to know: it passes on what the
/// caller says through `capture_slot`, says what the answer tells it to say, and
/// `confirm_slot` what the caller thinks of it. Silent where it has no such tools, or
/// nothing more to find out.
class slot_talk {
public:
  void instruct(std::string_view instructions, const json& tools);

  /// Nothing: this is not about a slot.
  std::optional<agent_turn> answer(std::string_view heard);
  std::optional<agent_turn> after_tool(std::string_view output);

private:
  agent_turn ask(std::string_view name, std::string_view words);
  std::string prompt_of(std::string_view name) const;

  std::string instructions_;
  json names_;            ///< Array of the slots' names.
  std::string asked_;     ///< The slot that is being found out.
  bool checking_ = false; ///< It was read back.
  bool called_ = false;   ///< Its tool has not answered yet.
  bool done_ = false;
};

} // namespace caly::sim
