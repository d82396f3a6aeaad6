#include "tests/simulators/openai/slot_talk.hpp"

#include "runtime/base/text.hpp"

#include <array>
#include <utility>

namespace caly::sim {

namespace {

/// Whether the caller agrees; nothing for everything that is not plainly yes or no.
std::optional<bool> plain_answer(std::string_view heard) {
  static constexpr std::array<std::string_view, 6> yes{
      "yes", "haan", "correct", "right", "हाँ", "जी"};
  static constexpr std::array<std::string_view, 4> no{"no", "nahi", "wrong", "नहीं"};
  auto lower = to_lower(heard);
  while (!lower.empty() && (lower.back() == '.' || lower.back() == ' '))
    lower.pop_back();
  for (const auto word : no)
    if (lower == word)
      return false;
  for (const auto word : yes)
    if (lower.starts_with(word))
      return true;
  return std::nullopt;
}

} // namespace

void slot_talk::instruct(std::string_view instructions, const json& tools) {
  instructions_ = instructions;
  names_ = {};
  for (const auto& each : tools.items()) {
    const auto& function = each["function"].is_object() ? each["function"] : each;
    if (function["name"].text_or("") == "capture_slot")
      names_ = function["parameters"]["properties"]["name"]["enum"];
  }
}

/// Its line of the instructions: `- phone (phone, required): "Your number?"`.
std::string slot_talk::prompt_of(std::string_view name) const {
  const auto at = instructions_.find("\n- " + std::string{name} + " (");
  const auto open = at == std::string::npos ? at : instructions_.find("\"", at);
  const auto close =
      open == std::string::npos ? open : instructions_.find("\"\n", open + 1);
  return close == std::string::npos ? std::string{}
                                    : instructions_.substr(open + 1, close - open - 1);
}

agent_turn slot_talk::ask(std::string_view name, std::string_view words) {
  asked_ = name;
  checking_ = false;
  return {std::string{words}, {}};
}

std::optional<agent_turn> slot_talk::answer(std::string_view heard) {
  if (names_.items().empty() || done_ || heard.empty())
    return std::nullopt;
  if (asked_.empty()) {
    const auto name = names_.items().front().text_or("");
    return ask(name, prompt_of(name));
  }
  called_ = true;
  json_writer arguments;
  arguments.begin_object().field("name", asked_);
  const auto agrees = plain_answer(heard);
  if (checking_ && agrees) {
    arguments.field("right", *agrees).end_object();
    return agent_turn{"", tool_use{"confirm_slot", std::move(arguments).str()}};
  }
  arguments.field("value", heard).end_object();
  return agent_turn{"", tool_use{"capture_slot", std::move(arguments).str()}};
}

std::optional<agent_turn> slot_talk::after_tool(std::string_view output) {
  if (!std::exchange(called_, false))
    return std::nullopt;
  const auto told = json::parse(output);
  if (!told)
    return std::nullopt;
  for (const auto* key : {"say", "problem"})
    if (const auto words = (*told)[key].text_or(""); !words.empty()) {
      checking_ = std::string_view{key} == "say";
      return agent_turn{std::string{words}, {}};
    }
  const auto& next = (*told)["next"];
  if (const auto name = next["name"].text_or(""); !name.empty())
    return ask(name, next["ask"].text_or(""));
  done_ = true;
  return agent_turn{"Thank you, I have noted that.", {}};
}

} // namespace caly::sim
