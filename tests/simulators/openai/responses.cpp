#include "tests/simulators/openai/responses.hpp"

#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/openai/text_turn.hpp"

#include <ctime>
#include <functional>

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
  request.instructions = body["instructions"].text_or("");
  request.tools = body["tools"];
  const auto& format = body["text"]["format"];
  const auto type = format["type"].text_or("text");
  request.wants_json = type == "json_schema" || type == "json_object";
  request.schema = format["schema"];
  if (body["input"].is_string())
    request.talk.push_back({entry_kind::user, std::string{body["input"].text_or("")}});
  for (const auto& item : body["input"].items()) {
    const auto role = item["role"].text_or("");
    if (item["type"].text_or("") == "function_call_output")
      request.talk.push_back({entry_kind::tool_output, text_of(item["output"])});
    else if (role == "user")
      request.talk.push_back({entry_kind::user, text_of(item["content"])});
    else if (role == "assistant")
      request.talk.push_back({entry_kind::assistant, text_of(item["content"])});
    else if (role == "system" || role == "developer")
      request.instructions += "\n" + text_of(item["content"]);
  }
  return request;
}

/// The ids of one response; the same in all of its events.
struct response_ids {
  std::string response = new_id("resp_");
  std::string message = new_id("msg_");
  std::string function = new_id("fc_");
  std::string call = new_id("call_");
};

void write_message(const text_turn& turn, const response_ids& ids, json_writer& out) {
  out.begin_object()
      .field("type", "message")
      .field("id", ids.message)
      .field("status", "completed")
      .field("role", "assistant");
  out.key("content").begin_array().begin_object();
  if (turn.refused) {
    out.field("type", "refusal").field("refusal", turn.words);
  } else {
    out.field("type", "output_text").field("text", turn.words);
    out.key("annotations").begin_array().end_array();
  }
  out.end_object().end_array().end_object();
}

void write_call(const text_turn& turn,
                const response_ids& ids,
                std::string_view arguments,
                json_writer& out) {
  out.begin_object()
      .field("type", "function_call")
      .field("id", ids.function)
      .field("call_id", ids.call)
      .field("name", turn.tool->name)
      .field("arguments", arguments)
      .field("status", "completed")
      .end_object();
}

void write_response(const json& body,
                    const text_turn& turn,
                    const response_ids& ids,
                    bool done,
                    json_writer& out) {
  out.begin_object()
      .field("id", ids.response)
      .field("object", "response")
      .field("created_at", static_cast<std::int64_t>(std::time(nullptr)))
      .field("status", done ? "completed" : "in_progress")
      .null_field("error")
      .null_field("incomplete_details")
      .field("model", body["model"].text_or(""));
  out.key("output").begin_array();
  if (done && !turn.words.empty())
    write_message(turn, ids, out);
  if (done && turn.tool)
    write_call(turn, ids, turn.tool->arguments, out);
  out.end_array().key("metadata");
  if (body["metadata"].is_object())
    out.value(body["metadata"]);
  else
    out.begin_object().end_object();
  out.key("usage");
  if (!done) {
    out.null().end_object();
    return;
  }
  out.begin_object().field("input_tokens", turn.input_tokens);
  out.key("input_tokens_details").begin_object().field("cached_tokens", 0).end_object();
  out.field("output_tokens", turn.output_tokens);
  out.key("output_tokens_details").begin_object();
  out.field("reasoning_tokens", 0).end_object();
  out.field("total_tokens", turn.input_tokens + turn.output_tokens);
  out.end_object().end_object();
}

std::vector<std::string>
events_of(const json& body, const text_turn& turn, const response_ids& ids) {
  std::vector<std::string> stream;
  int sequence = 0;
  const auto event = [&](std::string_view type,
                         const std::function<void(json_writer&)>& fill) {
    json_writer out;
    out.begin_object().field("type", type).field("sequence_number", sequence++);
    fill(out);
    stream.push_back("event: " + std::string{type} +
                     "\ndata: " + std::move(out.end_object()).str() + "\n\n");
  };
  const auto whole = [&](bool done) {
    return [&, done](json_writer& out) {
      out.key("response");
      write_response(body, turn, ids, done, out);
    };
  };
  event("response.created", whole(false));
  int index = 0;
  if (!turn.words.empty()) {
    const auto text = [&](std::string_view key, std::string_view words) {
      return [&, key, words](json_writer& out) {
        out.field("item_id", ids.message).field("output_index", index);
        out.field("content_index", 0).field(key, words);
      };
    };
    const std::string base = turn.refused ? "response.refusal" : "response.output_text";
    const std::string_view words = turn.words;
    for (const auto word : words_of(words))
      event(base + ".delta", text("delta", word));
    event(base + ".done", text(turn.refused ? "refusal" : "text", words));
    event("response.output_item.done", [&](json_writer& out) {
      out.field("output_index", index++).key("item");
      write_message(turn, ids, out);
    });
  }
  if (turn.tool) {
    const auto item = [&](std::string_view arguments) {
      return [&, arguments](json_writer& out) {
        out.field("output_index", index).key("item");
        write_call(turn, ids, arguments, out);
      };
    };
    const auto piece = [&](std::string_view key, std::string_view text) {
      return [&, key, text](json_writer& out) {
        out.field("item_id", ids.function).field("output_index", index).field(key, text);
      };
    };
    const std::string_view arguments = turn.tool->arguments;
    event("response.output_item.added", item(""));
    for (const auto word : words_of(arguments))
      event("response.function_call_arguments.delta", piece("delta", word));
    event("response.function_call_arguments.done", piece("arguments", arguments));
    event("response.output_item.done", item(arguments));
  }
  event("response.completed", whole(true));
  return stream;
}

} // namespace

model_answer create_response(const json& body, const answer_flaws& flaws) {
  if (body["model"].text_or("").empty() || body["input"].is_null())
    return {openai_error(400,
                         "invalid_request_error",
                         "missing_required_parameter",
                         "Missing required parameter: 'model' or 'input'."),
            {}};
  const auto turn = take_text_turn(read_request(body), flaws);
  const response_ids ids;
  if (body["stream"].bool_or(false))
    return {{}, events_of(body, turn, ids)};
  json_writer out;
  write_response(body, turn, ids, true, out);
  return {json_response(200, std::move(out).str()), {}};
}

} // namespace caly::sim
