#include "net/providers/twilio/media_stream.hpp"

#include "net/media/flat_json.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/base/json.hpp"

#include <charconv>

namespace caly::twilio {

namespace {

using kind = carrier_message::kind;

/// Everything from outside, in the few sizes that Twilio's messages have.
constexpr json_limits message_limits{32 * 1024, 8, 200, 20, 3};

std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  return failure == std::errc{} && stop == end ? value : -1;
}

bool take_audio(carrier_message& event) {
  const auto bytes = base64_bytes(event.audio);
  if (!bytes)
    return false;
  event.audio_bytes = *bytes;
  return true;
}

/// `{"track":…,"chunk":…,"timestamp":…,"payload":…}`, each at most once.
bool read_media(std::string_view object, carrier_message& event) {
  flat_reader reader{object};
  flat_member member;
  int payloads = 0;
  while (reader.next(member)) {
    if (member.escaped || member.type == flat_member::kind::nested)
      return false;
    if (member.key == "payload") {
      if (member.type != flat_member::kind::string)
        return false;
      event.audio = member.value;
      ++payloads;
    } else if (member.key == "timestamp") {
      event.timestamp_ms = number(member.value);
    } else if (member.key == "chunk") {
      event.chunk = number(member.value);
    } else if (member.key == "track") {
      event.outbound = member.value == "outbound";
    }
  }
  return reader.complete() && payloads == 1 && take_audio(event);
}

/// The path of media frames. False: not plain, let the tree parser judge.
bool read_fast(std::string_view text, carrier_message& event) {
  flat_reader reader{text};
  flat_member member;
  std::string_view media;
  int events = 0;
  while (reader.next(member)) {
    if (member.key == "event") {
      if (member.value != "media" || member.escaped || ++events > 1)
        return false;
    } else if (member.key == "media") {
      if (member.type != flat_member::kind::nested || !media.empty())
        return false;
      media = member.value;
    }
  }
  return reader.complete() && events == 1 && read_media(media, event);
}

bool read_start(const json& message, carrier_message& event) {
  const auto& start = message["start"];
  const auto& format = start["mediaFormat"];
  event.stream_id = start["streamSid"].text_or(message["streamSid"].text_or(""));
  event.provider_call_id = start["callSid"].text_or("");
  event.ticket = start["customParameters"]["ticket"].text_or("");
  event.known_format = format["encoding"].text_or("audio/x-mulaw") == "audio/x-mulaw" &&
                       format["sampleRate"].int_or(8000) == 8000 &&
                       format["channels"].int_or(1) == 1;
  return is_plain_id(event.stream_id) &&
         (event.provider_call_id.empty() || is_plain_id(event.provider_call_id));
}

bool read_tree(std::string_view text, carrier_message& event) {
  const auto message = json::parse(text, message_limits);
  if (!message || !message->is_object())
    return false;
  const auto name = (*message)["event"].text_or("");
  if (name == "media") {
    event.type = kind::media;
    const auto& media = (*message)["media"];
    const auto payload = media["payload"].as_string();
    if (!payload)
      return false;
    event.kept = *payload;
    event.audio = event.kept;
    event.timestamp_ms = media["timestamp"].int_or(-1);
    event.chunk = media["chunk"].int_or(-1);
    event.outbound = media["track"].text_or("") == "outbound";
    return take_audio(event);
  }
  if (name == "start") {
    event.type = kind::start;
    return read_start(*message, event);
  }
  if (name == "mark") {
    event.type = kind::mark;
    event.mark = (*message)["mark"]["name"].text_or("");
    return event.mark.size() <= 128;
  }
  if (name == "dtmf") {
    event.type = kind::dtmf;
    const auto digit = (*message)["dtmf"]["digit"].text_or("");
    if (digit.size() != 1 ||
        std::string_view{"0123456789*#ABCD"}.find(digit[0]) == std::string_view::npos)
      return false;
    event.digit = digit[0];
    return true;
  }
  event.type = name == "connected" ? kind::connected
               : name == "stop"    ? kind::stop
                                   : kind::other;
  return true;
}

} // namespace

bool read_stream_message(std::string_view text, carrier_message& event) {
  if (read_fast(text, event)) {
    event.type = kind::media;
    return true;
  }
  event.audio = {};
  event.audio_bytes = 0;
  event.outbound = false;
  return read_tree(text, event);
}

bool media_wire::read(std::string_view text, carrier_message& message) {
  if (!read_stream_message(text, message))
    return false;
  if (message.type == kind::start)
    stream_id_ = message.stream_id;
  return true;
}

void media_wire::play(ws_link& link, std::string_view audio) {
  link.send(media_message(stream_id_, audio));
}

void media_wire::mark(ws_link& link, std::string_view name) {
  link.send(mark_message(stream_id_, name));
}

void media_wire::clear(ws_link& link) {
  link.send(clear_message(stream_id_));
}

std::string media_message(std::string_view stream_id, std::string_view audio) {
  std::string out;
  out.reserve(64 + stream_id.size() + audio.size());
  out.append(R"({"event":"media","streamSid":")")
      .append(stream_id)
      .append(R"(","media":{"payload":")")
      .append(audio)
      .append(R"("}})");
  return out;
}

std::string mark_message(std::string_view stream_id, std::string_view name) {
  std::string out{R"({"event":"mark","streamSid":")"};
  out.append(stream_id).append(R"(","mark":{"name":")").append(name).append(R"("}})");
  return out;
}

std::string clear_message(std::string_view stream_id) {
  return R"({"event":"clear","streamSid":")" + std::string{stream_id} + R"("})";
}

} // namespace caly::twilio
