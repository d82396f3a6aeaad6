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

void write_message(const text_turn& turn, json_writer& out) {
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
    out.field("id", new_id("call_")).field("type", "function");
    out.key("function").begin_object();
    out.field("name", turn.tool->name).field("arguments", turn.tool->arguments);
    out.end_object().end_object().end_array();
  }
  out.end_object();
}

std::string_view finish_reason(const text_turn& turn) {
  return turn.tool ? "tool_calls" : "stop";
}

json_writer begin_answer(const json& body, std::string_view id, std::string_view object) {
  json_writer out;
  out.begin_object().field("id", id).field("object", object);
  out.field("created", static_cast<std::int64_t>(std::time(nullptr)));
  out.field("model", body["model"].text_or(""));
  return out;
}

std::string completion(const json& body, const text_turn& turn) {
  auto out = begin_answer(body, new_id("chatcmpl-"), "chat.completion");
  out.key("choices").begin_array().begin_object();
  out.field("index", 0).key("message");
  write_message(turn, out);
  out.null_field("logprobs").field("finish_reason", finish_reason(turn));
  out.end_object().end_array();
  write_usage(turn, out);
  return std::move(out.end_object()).str();
}

std::vector<std::string> chunks_of(const json& body, const text_turn& turn) {
  const auto id = new_id("chatcmpl-");
  std::vector<std::string> chunks;
  const auto chunk = [&](std::string_view reason, const auto& fill_delta) {
    auto out = begin_answer(body, id, "chat.completion.chunk");
    out.key("choices").begin_array().begin_object().field("index", 0);
    out.key("delta").begin_object();
    fill_delta(out);
    out.end_object();
    if (reason.empty())
      out.null_field("finish_reason");
    else
      out.field("finish_reason", reason);
    out.end_object().end_array();
    chunks.push_back("data: " + std::move(out.end_object()).str() + "\n\n");
  };
  const auto tool = [&](std::string_view name, std::string_view arguments) {
    chunk("", [&](json_writer& out) {
      out.key("tool_calls").begin_array().begin_object().field("index", 0);
      // Only the first piece tells which function it is.
      if (!name.empty())
        out.field("id", new_id("call_")).field("type", "function");
      out.key("function").begin_object();
      if (!name.empty())
        out.field("name", name);
      out.field("arguments", arguments).end_object().end_object().end_array();
    });
  };
  chunk("",
        [](json_writer& out) { out.field("role", "assistant").field("content", ""); });
  for (const auto word : words_of(turn.words))
    chunk("", [&](json_writer& out) {
      out.field(turn.refused ? "refusal" : "content", word);
    });
  if (turn.tool) {
    tool(turn.tool->name, "");
    for (const auto piece : words_of(turn.tool->arguments))
      tool("", piece);
  }
  chunk(finish_reason(turn), [](json_writer&) {});
  chunks.push_back("data: [DONE]\n\n");
  return chunks;
}

} // namespace

model_answer complete_chat(const json& body, const answer_flaws& flaws) {
  if (body["model"].text_or("").empty() || !body["messages"].is_array())
    return {openai_error(400,
                         "invalid_request_error",
                         "missing_required_parameter",
                         "Missing required parameter: 'model' or 'messages'."),
            {}};
  const auto turn = take_text_turn(read_request(body), flaws);
  if (body["stream"].bool_or(false))
    return {{}, chunks_of(body, turn)};
  return {json_response(200, completion(body, turn)), {}};
}

} // namespace caly::sim
