#include "actors/agent/slot_desk.hpp"

#include "actors/agent/tool_desk.hpp"
#include "actors/model/slots/slot_words.hpp"
#include "actors/model/speech/slot_filler.hpp"
#include "runtime/base/text.hpp"

#include <utility>

namespace caly {

namespace {

constexpr std::size_t calls_a_slot_max = 12;
constexpr json_limits argument_limits{
    .bytes_max = 4 * 1024, .depth_max = 4, .values_max = 20};

} // namespace

slot_answer slot_desk::refused(std::string_view code, std::string_view message) const {
  json_writer out;
  out.begin_object().field("ok", false).field("status", code).field("message", message);
  write_missing(out);
  out.end_object();
  return {std::move(out).str(), {}, {}};
}

void slot_desk::write_missing(json_writer& out) const {
  out.key("missing").begin_array();
  for (const auto* slot : book_.missing())
    out.value(slot->name);
  out.end_array();
}

std::optional<slot_answer> slot_desk::use(std::string_view name,
                                          std::string_view arguments,
                                          std::string_view caller_said,
                                          std::string_view language,
                                          std::chrono::local_seconds now) {
  if (name != capture_tool_name && name != confirm_tool_name)
    return std::nullopt;
  const auto* tool = profile_.find_tool(name);
  if (!tool)
    return refused("unknown_tool", "This agent captures no slots.");
  if (++calls_ > calls_a_slot_max * profile_.slots.size())
    return refused("too_many_calls", "Nothing more can be captured in this call; go on.");
  const auto wrong = arguments.size() > argument_limits.bytes_max
                         ? std::string{"the arguments are too long"}
                         : check_tool_arguments(tool->parameters, arguments);
  if (!wrong.empty())
    return refused("invalid_arguments", wrong);
  const auto given = json::parse(arguments, argument_limits);
  const std::string slot{(*given)["name"].text_or("")};
  if (name == capture_tool_name)
    return capture(slot, (*given)["value"].text_or(""), language, now);
  const bool right = (*given)["right"].bool_or(false);
  if (right && find_yes_no(caller_said) == false)
    return refused("not_confirmed",
                   "The caller said no. Call this with right=false, or ask again.");
  return confirm(slot, right, language);
}

slot_answer slot_desk::capture(const std::string& slot,
                               std::string_view value,
                               std::string_view language,
                               std::chrono::local_seconds now) {
  return told(slot, book_.capture(slot, value, language, now), language, false);
}

slot_answer
slot_desk::confirm(const std::string& slot, bool right, std::string_view language) {
  return told(slot, book_.confirm(slot, right, language), language, right);
}

slot_answer slot_desk::told(const std::string& slot,
                            const slot_step& step,
                            std::string_view language,
                            bool asked_to_confirm) {
  slot_answer answer;
  const auto missing = book_.missing();
  json_writer out;
  out.begin_object().field("ok", true).field("accepted", step.accepted);
  if (step.accepted) {
    out.field("value", step.value).field("confirmed", step.settled);
    if (!step.say.empty())
      out.field("say", step.say);
  } else if (step.given_up) {
    out.field("given_up", true);
    out.field("problem", "This cannot be had. Do not ask for it again; go on.");
  } else {
    out.field("problem", step.say);
    if (asked_to_confirm)
      out.field("message", "Nothing was captured for this slot yet.");
  }
  if (step.accepted && !step.settled) {
    answer.expects = "yes_no";
  } else if (!step.accepted && !step.given_up) {
    answer.expects = profile_.find_slot(slot)->type;
  } else if (!missing.empty()) {
    const auto& next = *missing.front();
    out.key("next").begin_object().field("name", next.name);
    out.field("ask", in_language(next.prompt, language)).end_object();
    answer.expects = next.type;
  }
  write_missing(out);
  out.end_object();
  answer.output = std::move(out).str();
  answer.changes = book_.take_changes();
  return answer;
}

std::optional<std::string> slot_desk::hold_back_end() {
  if (book_.missing().empty() || std::exchange(held_back_, true))
    return std::nullopt;
  return refused(
             "slots_missing",
             "These are required and not confirmed. Ask for them; when the caller does "
             "not want to tell, end the call.")
      .output;
}

std::string slot_instructions(const agent_profile& profile, std::string_view language) {
  if (!profile.captures_slots())
    return {};
  std::string out =
      "\n# What to find out\n"
      "Ask for one at a time. As soon as the caller tells one, or corrects it, call "
      "capture_slot with their own words; then say exactly what the answer's `say` or "
      "`problem` tells you. When you have read a value back, listen to the answer and "
      "call "
      "confirm_slot. Never read a value back in other words, and never take one that "
      "capture_slot did not accept.\n";
  for (const auto& slot : profile.slots) {
    if (!slot.captured)
      continue;
    out += "- " + slot.name + " (" + (slot.type == "pin" ? "pin code" : slot.type) +
           (slot.required ? ", required" : "") + "): \"" +
           one_line(in_language(slot.prompt, language), 300) + "\"\n";
  }
  return out;
}

} // namespace caly
