#include "net/providers/openai/realtime_events.hpp"

#include "actors/model/language_switching.hpp"
#include "net/media/flat_json.hpp"

#include <array>
#include <utility>

namespace caly::openai {

namespace {

constexpr json_limits event_limits{1 << 20, 32, 20'000, 32, 3};

constexpr std::array<std::pair<std::string_view, event_kind>, 19> kinds{{
    {"response.output_audio.delta", event_kind::audio_delta},
    {"response.audio.delta", event_kind::audio_delta},
    {"response.output_audio.done", event_kind::audio_done},
    {"response.audio.done", event_kind::audio_done},
    {"response.output_audio_transcript.delta", event_kind::transcript_delta},
    {"response.audio_transcript.delta", event_kind::transcript_delta},
    {"response.output_audio_transcript.done", event_kind::transcript_done},
    {"response.audio_transcript.done", event_kind::transcript_done},
    {"response.created", event_kind::response_created},
    {"response.done", event_kind::response_done},
    {"session.created", event_kind::session_created},
    {"session.updated", event_kind::session_updated},
    {"input_audio_buffer.speech_started", event_kind::speech_started},
    {"input_audio_buffer.speech_stopped", event_kind::speech_stopped},
    {"conversation.item.input_audio_transcription.completed",
     event_kind::caller_transcript},
    {"error", event_kind::error},
    {"rate_limits.updated", event_kind::other_response},
    {"conversation.item.added", event_kind::other},
    {"conversation.item.done", event_kind::other},
}};

/// The few members of an audio delta, each a plain string.
bool read_delta(std::string_view text, server_event& event) {
  flat_reader reader{text};
  flat_member member;
  std::string_view type, item, response, delta;
  while (reader.next(member)) {
    auto* wanted = member.key == "type"          ? &type
                   : member.key == "item_id"     ? &item
                   : member.key == "response_id" ? &response
                   : member.key == "delta"       ? &delta
                                                 : nullptr;
    if (wanted == nullptr)
      continue;
    if (member.type != flat_member::kind::string || member.escaped || !wanted->empty())
      return false;
    *wanted = member.value;
  }
  if (!reader.complete() || kind_of(type) != event_kind::audio_delta ||
      !is_plain_id(item) || (!response.empty() && !is_plain_id(response)) ||
      !base64_bytes(delta))
    return false;
  event.kind = event_kind::audio_delta;
  event.item = item;
  event.response = response;
  event.text = delta;
  return true;
}

void keep(server_event& event, std::string_view text) {
  event.kept = text;
  event.text = event.kept;
}

void read_response(const json& response, server_event& event) {
  event.response = response["id"].text_or("");
  event.status = response["status"].text_or("");
  const auto& details = response["status_details"];
  event.code = details["error"]["code"].text_or(details["error"]["type"].text_or(""));
  event.message = details["error"]["message"].text_or("");
  for (const auto& item : response["output"].items())
    if (item["type"].text_or("") == "function_call")
      event.calls.push_back({std::string{item["call_id"].text_or("")},
                             std::string{item["name"].text_or("")},
                             std::string{item["arguments"].text_or("")}});
}

json_writer event_of(std::string_view type) {
  json_writer out;
  out.begin_object().field("type", type);
  return out;
}

} // namespace

event_kind kind_of(std::string_view type) {
  for (const auto& [name, kind] : kinds)
    if (name == type)
      return kind;
  return type.starts_with("response.") ? event_kind::other_response : event_kind::other;
}

bool read_server_event(std::string_view text, server_event& event) {
  if (read_delta(text, event))
    return true;
  const auto tree = json::parse(text, event_limits);
  if (!tree || !tree->is_object())
    return false;
  const auto& x = *tree;
  event.kind = kind_of(x["type"].text_or(""));
  event.item = x["item_id"].text_or("");
  event.response = x["response_id"].text_or("");
  switch (event.kind) {
  case event_kind::audio_delta:
    keep(event, x["delta"].text_or(""));
    return is_plain_id(event.item) && base64_bytes(event.text).has_value();
  case event_kind::transcript_delta:
    keep(event, x["delta"].text_or(""));
    break;
  case event_kind::transcript_done:
  case event_kind::caller_transcript:
    keep(event, x["transcript"].text_or(""));
    break;
  case event_kind::response_created:
  case event_kind::response_done:
    read_response(x["response"], event);
    break;
  case event_kind::error:
    event.code = x["error"]["code"].text_or(x["error"]["type"].text_or(""));
    event.message = x["error"]["message"].text_or("");
    break;
  default:
    break;
  }
  return true;
}

std::string append_audio(std::string_view audio) {
  std::string out;
  out.reserve(52 + audio.size());
  out.append(R"({"type":"input_audio_buffer.append","audio":")")
      .append(audio)
      .append(R"("})");
  return out;
}

std::string truncate_item(std::string_view item, std::int64_t audio_end_ms) {
  auto out = event_of("conversation.item.truncate");
  out.field("item_id", item).field("content_index", 0);
  return std::move(out.field("audio_end_ms", audio_end_ms).end_object()).str();
}

std::string delete_item(std::string_view item) {
  auto out = event_of("conversation.item.delete");
  return std::move(out.field("item_id", item).end_object()).str();
}

std::string function_output(std::string_view call_id, std::string_view output) {
  auto out = event_of("conversation.item.create");
  out.key("item").begin_object().field("type", "function_call_output");
  out.field("call_id", call_id).field("output", output).end_object();
  return std::move(out.end_object()).str();
}

std::string text_item(std::string_view role, std::string_view text, std::string_view id) {
  const auto agent = role == "agent";
  const auto theirs = agent ? "assistant" : role == "system" ? "system" : "user";
  auto out = event_of("conversation.item.create");
  out.key("item").begin_object();
  if (!id.empty())
    out.field("id", id);
  out.field("type", "message");
  out.field("role", theirs).key("content").begin_array();
  out.begin_object().field("type", agent ? "output_text" : "input_text");
  out.field("text", text).end_object().end_array().end_object();
  return std::move(out.end_object()).str();
}

std::string cancel_response(std::string_view response) {
  json_writer out;
  out.begin_object().field("type", "response.cancel").field("response_id", response);
  return std::move(out.end_object()).str();
}

std::chrono::milliseconds turn_silence(std::string_view session_update) {
  const auto update = json::parse(session_update);
  if (!update)
    return {};
  const auto& detection = (*update)["session"]["audio"]["input"]["turn_detection"];
  return std::chrono::milliseconds{detection["silence_duration_ms"].int_or(0)};
}

std::string switch_language(std::string_view session_update, std::string_view language) {
  const auto update = json::parse(session_update);
  if (!update)
    return {};
  const auto& session = (*update)["session"];
  const auto& transcription = session["audio"]["input"]["transcription"];
  json_writer out;
  out.begin_object().field("type", "session.update").key("session").begin_object();
  out.field("type", "realtime");
  out.field("instructions",
            std::string{session["instructions"].text_or("")} +
                "\n# Now\nThe talk goes on in " + std::string{language_name(language)} +
                ": speak it from now on.\n");
  if (transcription["language"].is_string()) {
    out.key("audio").begin_object().key("input").begin_object();
    out.key("transcription").begin_object();
    for (const auto& [name, value] : transcription.members())
      if (name != "language")
        out.raw_field(name, value.dump());
    out.field("language", language == "en" ? "en" : "hi");
    out.end_object().end_object().end_object();
  }
  out.end_object().end_object();
  return std::move(out).str();
}

std::string answer_turns(std::string_view session_update,
                         bool by_itself,
                         std::chrono::milliseconds silence) {
  const auto update = json::parse(session_update);
  if (!update)
    return {};
  const auto& detection = (*update)["session"]["audio"]["input"]["turn_detection"];
  if (!detection.is_object())
    return {};
  json_writer out;
  out.begin_object().field("type", "session.update").key("session").begin_object();
  out.field("type", "realtime").key("audio").begin_object().key("input").begin_object();
  out.key("turn_detection").begin_object();
  for (const auto& [name, value] : detection.members())
    if (name != "create_response" &&
        (name != "silence_duration_ms" || silence.count() == 0))
      out.raw_field(name, value.dump());
  if (silence.count() > 0)
    out.field("silence_duration_ms", static_cast<std::int64_t>(silence.count()));
  out.field("create_response", by_itself);
  out.end_object().end_object().end_object().end_object().end_object();
  return std::move(out).str();
}

std::string create_response(std::string_view instructions, bool allow_tools) {
  auto out = event_of("response.create");
  if (!instructions.empty() || !allow_tools) {
    out.key("response").begin_object();
    if (!instructions.empty())
      out.field("instructions", instructions);
    if (!allow_tools)
      out.field("tool_choice", "none");
    out.end_object();
  }
  return std::move(out.end_object()).str();
}

error_action action_for(std::string_view code) {
  if (code == "conversation_already_has_active_response")
    return error_action::wait_turn;
  if (code == "rate_limit_exceeded" || code == "server_error" ||
      code == "server_is_overloaded")
    return error_action::slow_down;
  if (code == "session_expired")
    return error_action::reconnect;
  for (const auto* fatal : {"beta_api_shape_disabled",
                            "invalid_api_key",
                            "account_deactivated",
                            "insufficient_quota",
                            "billing_hard_limit_reached",
                            "model_not_found"})
    if (code == fatal)
      return error_action::give_up;
  return error_action::go_on;
}

bool may_reconnect(int close_code, unsigned http_status) {
  if (http_status != 0)
    return http_status == 429 || http_status >= 500;
  // Policy and authorisation: they do not want us. Any other code, an odd one too, is a
  // break; those are counted.
  return close_code != 1008 && close_code != 3000 && close_code != 3003;
}

} // namespace caly::openai
