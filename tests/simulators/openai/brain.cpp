#include "tests/simulators/openai/brain.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/openai/brain_words.hpp"
#include "tests/simulators/openai/schema_filler.hpp"
#include "tests/simulators/openai/slot_talk.hpp"
#include "tests/simulators/openai/talk_facts.hpp"

#include <array>

namespace caly::sim {

namespace {

constexpr std::size_t heard_bytes_max = 16 * 1024;
constexpr std::size_t quoted_min = 8;

/// The rest of a line that starts with `GREETING:`.
std::string greeting_line(std::string_view instructions) {
  static constexpr std::string_view lead = "GREETING:";
  for (const auto line : split(instructions, '\n')) {
    const auto text = trim(line);
    if (text.starts_with(lead))
      return std::string{trim(text.substr(lead.size()))};
  }
  return {};
}

/// The words that an instruction such as `Say this now: …` dictates.
std::string dictated_text(std::string_view hint) {
  const auto colon = hint.find(": ");
  if (!hint.starts_with("Say ") || colon == std::string_view::npos)
    return {};
  auto words = trim(hint.substr(colon + 2));
  if (words.size() > 1 && words.front() == '"' && words.back() == '"')
    words = words.substr(1, words.size() - 2);
  return std::string{words};
}

/// The words that an instruction asks for: dictated, or the first longer quotation.
std::string wanted_text(std::string_view hint) {
  if (auto words = dictated_text(hint); !words.empty())
    return words;
  const auto open = hint.find('"');
  if (open == std::string_view::npos)
    return {};
  const auto close = hint.find('"', open + 1);
  if (close == std::string_view::npos || close - open - 1 < quoted_min)
    return {};
  return std::string{hint.substr(open + 1, close - open - 1)};
}

const json& function_of(const json& tool) {
  return tool["function"].is_object() ? tool["function"] : tool;
}

/// Tools that change or take back what exists; the script never asks for that.
bool undoes(std::string_view name) {
  for (const auto* part : {"cancel", "reschedule", "return", "refund", "confirm"})
    if (mentions(name, part))
      return true;
  return false;
}

/// The first key that a menu offers: "for sales, press one"; empty when it offers none.
std::string offered_key(std::string_view heard) {
  static constexpr std::array<std::string_view, 10> names{
      "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  static constexpr std::string_view lead = "press ";
  const auto lower = to_lower(heard);
  const auto at = lower.find(lead);
  if (at == std::string::npos)
    return {};
  const auto rest = std::string_view{lower}.substr(at + lead.size());
  for (std::size_t digit = 0; digit < names.size(); ++digit)
    if (rest.starts_with(names[digit]) || rest.starts_with(std::to_string(digit)))
      return std::to_string(digit);
  return {};
}

/// What a tool's answer says, for the caller's ears.
std::string spoken_result(std::string_view output) {
  const auto parsed = json::parse(output);
  if (!parsed)
    return std::string{output.substr(0, 200)};
  const json* body = &*parsed;
  for (const auto* wrapper : {"data", "result", "order"})
    if ((*body)[wrapper].is_object())
      body = &(*body)[wrapper];
  for (const auto* key : {"message", "status", "state", "summary"})
    if (const auto text = (*body)[key].text_or(""); !text.empty())
      return std::string{text};
  return {};
}

} // namespace

brain::brain() : slots_{std::make_shared<slot_talk>()} {}

void brain::instruct(std::string instructions, json tools) {
  slots_->instruct(instructions, tools);
  instructions_ = std::move(instructions);
  tools_ = std::move(tools);
}

std::optional<agent_turn> brain::dictated(std::string_view hint) const {
  auto words = dictated_text(hint);
  if (words.empty())
    return std::nullopt;
  return agent_turn{std::move(words), {}};
}

agent_turn brain::open(std::string_view hint) {
  for (auto words :
       {greeting_line(hint), wanted_text(hint), greeting_line(instructions_)})
    if (!words.empty()) {
      speaks_ = tongue_of(words);
      return {std::move(words), {}};
    }
  return {std::string{phrase_words(phrase::greeting, speaks_)}, {}};
}

agent_turn brain::go_on(std::string_view hint) {
  if (auto words = wanted_text(hint); !words.empty())
    return {std::move(words), {}};
  return {std::string{phrase_words(phrase::still_there, speaks_)}, {}};
}

agent_turn brain::fill_in(std::string_view hint) const {
  if (auto words = wanted_text(hint); !words.empty())
    return {std::move(words), {}};
  return {std::string{phrase_words(phrase::one_moment, speaks_)}, {}};
}

agent_turn brain::answer(std::string_view heard) {
  if (const auto key = offered_key(heard); !key.empty())
    if (const auto tool = find_tool({"press_keys"}))
      return {"", tool_use{tool->name, R"({"keys":")" + key + "\"}"}};
  if (!heard.empty())
    speaks_ = tongue_of(heard);
  if (heard_.size() + heard.size() < heard_bytes_max)
    heard_.append("user: ").append(heard).append("\n");
  const auto meaning = intent_of(heard);
  const bool leaves = meaning == intent::refusal || meaning == intent::goodbye;
  if (auto turn = leaves ? std::nullopt : slots_->answer(heard))
    return std::move(*turn);
  switch (meaning) {
  case intent::refusal: {
    if (const auto tool = find_tool({"do_not_call", "opt_out", "dnc", "suppress"})) {
      parts_after_tool_ = true;
      return {"", use(*tool)};
    }
    return part(meaning);
  }
  case intent::not_interested:
  case intent::goodbye:
    return part(meaning);
  case intent::order_number:
  case intent::order_status:
    return answer_order(meaning);
  case intent::appointment:
  case intent::moment:
    return answer_appointment(meaning);
  default:
    return say(meaning);
  }
}

agent_turn brain::answer_order(intent meaning) {
  const auto digits = spoken_digits(heard_);
  if (meaning == intent::order_status && digits.empty()) {
    waits_for_ = wish::order_number;
    return {std::string{phrase_words(phrase::ask_order_number, speaks_)}, {}};
  }
  waits_for_ = wish::nothing;
  if (const auto tool = find_tool({"lookup_order", "order_status", "track", "order"}))
    return {"", use(*tool)};
  return say(intent::order_number);
}

agent_turn brain::answer_appointment(intent meaning) {
  if (meaning == intent::appointment) {
    waits_for_ = wish::moment;
    return {std::string{phrase_words(phrase::ask_moment, speaks_)}, {}};
  }
  const auto waited_for = std::exchange(waits_for_, wish::nothing);
  const auto tool = find_tool({"book", "appointment", "slot", "visit"});
  if (waited_for == wish::moment && tool)
    return {"", use(*tool)};
  return say(meaning);
}

agent_turn brain::answer_later(std::string_view heard) const {
  const auto tool = find_tool({"callback", "call_back", "call_later"});
  if (tool && !read_talk(heard).moment.empty())
    return {"", use(*tool)};
  return say(intent::later);
}

agent_turn brain::after_tool(std::string_view output) {
  if (std::exchange(parts_after_tool_, false))
    return part(intent::refusal);
  if (auto turn = slots_->after_tool(output))
    return std::move(*turn);
  const auto result = spoken_result(output);
  const auto last = heard_.rfind("user: ");
  const auto meaning = intent_of(
      last == std::string::npos ? "" : std::string_view{heard_}.substr(last + 6));
  if (meaning == intent::later)
    return {std::string{phrase_words(phrase::noted, speaks_)}, {}};
  if (meaning == intent::moment || meaning == intent::appointment)
    return {std::string{phrase_words(phrase::booked, speaks_)}, {}};
  if (!result.empty())
    return {std::string{phrase_words(phrase::order_found, speaks_)} + result + ".", {}};
  return {std::string{phrase_words(phrase::noted, speaks_)}, {}};
}

agent_turn brain::say(intent meaning) const {
  return {std::string{reply_words(meaning, speaks_)}, {}};
}

agent_turn brain::part(intent meaning) const {
  auto turn = say(meaning);
  if (const auto tool = find_tool({"end_call", "hang_up", "hangup", "end_conversation"}))
    turn.tool = use(*tool);
  return turn;
}

std::optional<brain::tool>
brain::find_tool(std::initializer_list<std::string_view> parts) const {
  for (const auto part : parts)
    for (const auto& candidate : tools_.items()) {
      const auto& function = function_of(candidate);
      const auto name = function["name"].text_or("");
      if (mentions(name, part) && !undoes(name))
        return tool{std::string{name}, function["parameters"]};
    }
  return std::nullopt;
}

tool_use brain::use(const tool& chosen) const {
  const auto facts = read_talk(heard_);
  if (!chosen.parameters.is_object())
    return {chosen.name, "{}"};
  return {chosen.name, fill_schema(chosen.parameters, facts)};
}

} // namespace caly::sim
