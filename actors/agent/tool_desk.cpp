#include "actors/agent/tool_desk.hpp"

#include "actors/api/answering.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr int repeats_max = 3;
constexpr std::size_t text_bytes_max = 1000;
constexpr json_limits argument_limits{
    .bytes_max = 16 * 1024, .depth_max = 8, .values_max = 200};

tool_outcome refused(std::string_view code, std::string_view message) {
  json_writer out;
  out.begin_object().field("ok", false).field("status", code).field("message", message);
  out.end_object();
  tool_outcome outcome;
  outcome.output = std::move(out).str();
  return outcome;
}

bool has_type(const json& value, std::string_view type) {
  if (type == "string")
    return value.is_string() && value.as_string()->size() <= text_bytes_max;
  if (type == "boolean")
    return value.as_bool().has_value();
  if (type == "integer")
    return value.as_int().has_value();
  if (type == "number")
    return value.as_double().has_value();
  return true;
}

bool one_of(const json& value, const std::vector<json>& choices) {
  return choices.empty() || std::ranges::any_of(choices, [&](const json& choice) {
           return choice.dump() == value.dump();
         });
}

tool_outcome
perform(const agent_profile& profile, const agent_tool& tool, const json& arguments) {
  tool_outcome out;
  json_writer output;
  output.begin_object();
  if (tool.effect == "lookup") {
    out.not_connected = true;
    output.field("ok", false).field("status", "not_connected");
    output.field("message",
                 "No system is connected that could answer this. Tell the caller so and "
                 "offer to note the request for the team.");
  } else if (tool.effect == "press_keys") {
    out.keys = arguments["keys"].text_or("");
    if (!are_keys(out.keys))
      return refused("invalid_arguments", "keys " + std::string{key_rule});
    out.ok = true;
    output.field("ok", true).field("pressed", out.keys);
  } else {
    out.ok = true;
    output.field("ok", true);
    if (tool.effect == "record") {
      out.action = tool_action{tool.action, arguments.dump()};
      output.field("recorded", tool.action);
    }
    if (tool.effect == "transfer")
      out.transfer = transfer_wish{*profile.find_transfer(arguments["to"].text_or("")),
                                   std::string{arguments["summary"].text_or("")}};
    if (tool.effect == "pause_recording" || tool.effect == "resume_recording")
      out.pauses_recording = tool.effect == "pause_recording";
    // Who refuses further calls is not kept on the line.
    out.end_call = tool.effect == "end_call" || tool.action == "do_not_call";
    out.end_reason = tool.effect == "end_call"
                         ? std::string{arguments["reason"].text_or("agent_ended")}
                         : tool.action;
  }
  output.end_object();
  out.output = std::move(output).str();
  return out;
}

} // namespace

std::string check_tool_arguments(std::string_view schema, std::string_view arguments) {
  const auto given = json::parse(arguments.empty() ? "{}" : arguments, argument_limits);
  if (!given || !given->is_object())
    return "the arguments are not a JSON object";
  const auto rules = json::parse(schema);
  if (!rules)
    return "the tool has no readable schema";
  const auto& properties = (*rules)["properties"];
  std::string out;
  const auto note = [&](std::string_view name, std::string_view text) {
    out += (out.empty() ? "" : "; ") + std::string{name} + " " + std::string{text};
  };
  for (const auto& [name, value] : given->members()) {
    const auto* rule = properties.find(name);
    if (!rule)
      note(name.substr(0, 64), "is not an argument of this tool");
    else if (!value.is_null() && !has_type(value, (*rule)["type"].text_or("")))
      note(name, "has the wrong type");
    else if (!value.is_null() && !one_of(value, (*rule)["enum"].items()))
      note(name, "is none of the allowed values");
  }
  for (const auto& name : (*rules)["required"].items())
    if (const auto& value = (*given)[name.text_or("")];
        value.is_null() || value.as_string() == std::string_view{})
      note(name.text_or(""), "is missing");
  return out;
}

tool_outcome tool_desk::call(const agent_profile& profile,
                             std::string_view name,
                             std::string_view arguments,
                             bool confirmed) {
  const auto* tool = profile.find_tool(name);
  if (!tool)
    return refused("unknown_tool", "This agent has no such tool.");
  if (++calls_ > calls_max_)
    return refused("too_many_calls", "No more tools can be used in this call.");
  if (arguments.size() > argument_limits.bytes_max)
    return refused("invalid_arguments", "The arguments are too long.");
  // At most `calls_max_` entries, each bounded by the limit on arguments.
  if (++repeats_[std::string{name} + ' ' + std::string{arguments}] > repeats_max)
    return refused("repeated", "This was tried before; go on without it.");
  if (const auto wrong = check_tool_arguments(tool->parameters, arguments);
      !wrong.empty())
    return refused("invalid_arguments", wrong);
  if (tool->risk == "R2" && !confirmed)
    return refused(
        "confirmation_needed",
        "Read the details to the caller, ask for a clear yes, then try again.");
  const auto given = json::parse(arguments.empty() ? "{}" : arguments, argument_limits);
  return perform(profile, *tool, *given);
}

} // namespace caly
