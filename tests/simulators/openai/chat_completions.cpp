#include "tests/simulators/openai/chat_completions.hpp"

#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/openai/text_turn.hpp"

#include <ctime>

namespace caly::sim {

namespace {

using entry_kind = text_request::entry::kind;

std::string text_of(const json& content) {
  if (content.is_string())
    return std::string{content.text_or("")};
  std::string text;
  for (const auto& part : content.items())
    text += part["text"].text_or("");
  return text;
}

text_request read_request(const json& body) {
  text_request request;
  request.tools = body["tools"];
  const auto& format = body["response_format"];
  const auto type = format["type"].text_or("text");
  request.wants_json = type == "json_schema" || type == "json_object";
  request.schema = format["json_schema"]["schema"];
  for (const auto& message : body["messages"].items()) {
    const auto role = message["role"].text_or("");
    auto text = text_of(message["content"]);
    if (role == "user")
      request.talk.push_back({entry_kind::user, std::move(text)});
    else if (role == "assistant")
      request.talk.push_back({entry_kind::assistant, std::move(text)});
    else if (role == "tool")
      request.talk.push_back({entry_kind::tool_output, std::move(text)});
    else
      request.instructions += text + "\n";
  }
  return request;
}

void write_usage(const text_turn& turn, json_writer& out) {
  out.key("usage").begin_object();
  out.field("prompt_tokens", turn.input_tokens)
      .field("completion_tokens", turn.output_tokens)
      .field("total_tokens", turn.input_tokens + turn.output_tokens)
      .end_object();
}

/// The members that a message and the only delta of a stream share.
void write_message(const text_turn& turn, bool streamed, json_writer& out) {
  out.begin_object().field("role", "assistant");
  if (turn.words.empty() || turn.refused)
    out.null_field("content");
  else
    out.field("content", turn.words);
  if (turn.refused)
    out.field("refusal", turn.words);
  else
    out.null_field("refusal");
  if (turn.tool) {
    out.key("tool_calls").begin_array().begin_object();
    if (streamed)
      out.field("index", 0);
    out.field("id", new_id("call_")).field("type", "function");
    out.key("function").begin_object();
    out.field("name", turn.tool->name).field("arguments", turn.tool->arguments);
    out.end_object().end_object().end_array();
  }
  out.end_object();
}

std::string completion(const json& body, const text_turn& turn, bool streamed) {
  json_writer out;
  out.begin_object()
      .field("id", new_id("chatcmpl-"))
      .field("object", streamed ? "chat.completion.chunk" : "chat.completion")
      .field("created", static_cast<std::int64_t>(std::time(nullptr)))
      .field("model", body["model"].text_or(""));
  out.key("choices").begin_array().begin_object();
  out.field("index", 0).key(streamed ? "delta" : "message");
  write_message(turn, streamed, out);
  out.null_field("logprobs").field("finish_reason", turn.tool ? "tool_calls" : "stop");
  out.end_object().end_array();
  write_usage(turn, out);
  return std::move(out.end_object()).str();
}

} // namespace

http_response complete_chat(const json& body, const answer_flaws& flaws) {
  if (body["model"].text_or("").empty() || !body["messages"].is_array())
    return openai_error(400,
                        "invalid_request_error",
                        "missing_required_parameter",
                        "Missing required parameter: 'model' or 'messages'.");
  const auto turn = take_text_turn(read_request(body), flaws);
  const bool streamed = body["stream"].bool_or(false);
  auto text = completion(body, turn, streamed);
  if (!streamed)
    return json_response(200, std::move(text));
  auto response = json_response(200, "data: " + text + "\n\ndata: [DONE]\n\n");
  response.content_type = "text/event-stream";
  return response;
}

} // namespace caly::sim
