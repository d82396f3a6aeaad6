#include "net/providers/openai/response_stream.hpp"

#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly::openai {

namespace {

/// The service takes no less.
constexpr int tokens_min = 16;

void write_message(const mind_message& message, json_writer& out) {
  out.begin_object();
  if (message.role == "tool_call") {
    out.field("type", "function_call").field("call_id", message.tool_call_id);
    out.field("name", message.tool_name).field("arguments", message.text);
  } else if (message.role == "tool_answer") {
    out.field("type", "function_call_output").field("call_id", message.tool_call_id);
    out.field("output", message.text);
  } else {
    out.field("role", message.role == "agent" ? "assistant" : "user");
    out.field("content", message.text);
  }
  out.end_object();
}

void write_tool(const mind_tool& tool, json_writer& out) {
  out.begin_object().field("type", "function").field("name", tool.name);
  out.field("description", tool.description).field("strict", false);
  out.raw_field("parameters", tool.schema.empty() ? "{}" : tool.schema).end_object();
}

} // namespace

std::string response_request(const thought_plan& plan, std::string_view model) {
  std::string instructions;
  for (const auto& message : plan.messages)
    if (message.role == "system")
      instructions += (instructions.empty() ? "" : "\n\n") + message.text;
  json_writer out;
  out.begin_object().field("model", model).field("stream", true).field("store", false);
  if (!instructions.empty())
    out.field("instructions", instructions);
  out.field("max_output_tokens", std::max(plan.words_max, tokens_min));
  out.key("stream_options").begin_object();
  out.field("include_obfuscation", false).end_object();
  out.key("input").begin_array();
  for (const auto& message : plan.messages)
    if (message.role != "system")
      write_message(message, out);
  out.end_array();
  if (!plan.tools.empty()) {
    out.key("tools").begin_array();
    for (const auto& tool : plan.tools)
      write_tool(tool, out);
    out.end_array();
  }
  return std::move(out.end_object()).str();
}

void response_reader::read_event(const json& event) {
  const auto type = event["type"].text_or("");
  if (type == "response.output_text.delta" || type == "response.refusal.delta")
    return add_words(event["delta"].text_or(""));
  if (type == "response.output_item.done" &&
      event["item"]["type"].text_or("") == "function_call")
    return read_item(event["item"]);
  if (type == "response.completed" || type == "response.incomplete") {
    const auto reason = event["response"]["incomplete_details"]["reason"].text_or("");
    if (reason == "content_filter")
      return fail("the service's filter stopped the answer", false);
    return finish();
  }
  if (type == "response.failed")
    return fail(event["response"]["error"]);
  if (type == "error")
    fail(event);
}

void response_reader::read_answer(const json& answer) {
  if (answer["status"].text_or("") == "failed")
    return fail(answer["error"]);
  for (const auto& item : answer["output"].items()) {
    if (item["type"].text_or("") == "function_call")
      read_item(item);
    for (const auto& part : item["content"].items())
      add_words(part["text"].text_or(part["refusal"].text_or("")));
  }
  finish();
}

/// A whole call: its arguments came in pieces before, and are here once more.
void response_reader::read_item(const json& item) {
  auto* tool = tool_at(item["call_id"].text_or(item["id"].text_or("")));
  if (tool == nullptr)
    return;
  tool->call.id = tool->place;
  tool->call.name = item["name"].text_or("");
  tool->call.arguments.clear();
  add_arguments(*tool, item["arguments"].text_or(""));
}

} // namespace caly::openai
