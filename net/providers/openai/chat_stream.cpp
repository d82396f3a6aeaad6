#include "net/providers/openai/chat_stream.hpp"

#include "runtime/base/json.hpp"

namespace caly::openai {

namespace {

void write_call(const mind_message& message, json_writer& out) {
  out.begin_object().field("id", message.tool_call_id).field("type", "function");
  out.key("function").begin_object().field("name", message.tool_name);
  out.field("arguments", message.text).end_object().end_object();
}

void write_tool(const mind_tool& tool, json_writer& out) {
  out.begin_object().field("type", "function").key("function").begin_object();
  out.field("name", tool.name).field("description", tool.description);
  out.raw_field("parameters", tool.schema.empty() ? "{}" : tool.schema);
  out.end_object().end_object();
}

/// Tool calls belong to the message of the agent before them.
void write_messages(const std::vector<mind_message>& messages, json_writer& out) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto& each = messages[i];
    const auto calls = each.role == "tool_call";
    out.begin_object();
    if (each.role == "tool_answer")
      out.field("role", "tool").field("tool_call_id", each.tool_call_id);
    else
      out.field("role",
                each.role == "system"           ? "system"
                : each.role == "agent" || calls ? "assistant"
                                                : "user");
    if (calls)
      out.null_field("content");
    else
      out.field("content", each.text);
    const auto first = calls ? i : i + 1;
    if ((calls || each.role == "agent") && first < messages.size() &&
        messages[first].role == "tool_call") {
      out.key("tool_calls").begin_array();
      for (i = first; i < messages.size() && messages[i].role == "tool_call"; ++i)
        write_call(messages[i], out);
      --i;
      out.end_array();
    }
    out.end_object();
  }
}

} // namespace

std::string chat_request(const thought_plan& plan,
                         std::string_view model,
                         std::string_view tokens_field) {
  json_writer out;
  out.begin_object().field("model", model).field("stream", true);
  out.field(tokens_field, plan.words_max);
  out.key("messages").begin_array();
  write_messages(plan.messages, out);
  out.end_array();
  if (!plan.tools.empty()) {
    out.key("tools").begin_array();
    for (const auto& tool : plan.tools)
      write_tool(tool, out);
    out.end_array();
  }
  return std::move(out.end_object()).str();
}

void chat_reader::read_event(const json& event) {
  for (const auto& choice : event["choices"].items()) {
    if (choice["index"].int_or(0) != 0)
      continue;
    // Some servers send the whole message where a delta belongs.
    read_message(choice["delta"].is_object() ? choice["delta"] : choice["message"]);
    const auto reason = choice["finish_reason"].text_or("");
    if (reason == "content_filter")
      fail("the service's filter stopped the answer", false);
  }
}

void chat_reader::read_answer(const json& answer) {
  read_event(answer);
  finish();
}

void chat_reader::read_message(const json& message) {
  add_words(message["content"].text_or(message["refusal"].text_or("")));
  read_tools(message["tool_calls"]);
}

void chat_reader::read_tools(const json& calls) {
  int place = 0;
  for (const auto& each : calls.items()) {
    auto* tool = tool_at(std::to_string(each["index"].int_or(place++)));
    if (tool == nullptr)
      return;
    const auto& function = each["function"];
    // Id and name come once, in the first piece; some servers repeat them.
    if (tool->call.id.empty())
      tool->call.id = each["id"].text_or("");
    if (tool->call.name.empty())
      tool->call.name = function["name"].text_or("");
    // Some servers send the arguments as an object.
    add_arguments(*tool,
                  function["arguments"].is_object()
                      ? function["arguments"].dump()
                      : std::string{function["arguments"].text_or("")});
  }
}

} // namespace caly::openai
