#include "net/providers/exotel/agent_stream.hpp"

#include "net/media/flat_json.hpp"
#include "net/media/ws_link.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <bit>
#include <charconv>
#include <cstring>

namespace caly::exotel {

namespace {

using kind = carrier_message::kind;

constexpr json_limits message_limits{32 * 1024, 8, 200, 20, 3};
constexpr std::size_t sample_bytes = 2;
/// What brains that hear more than a telephone listen at.
constexpr unsigned wide_hz = 16'000;

static_assert(std::endian::native == std::endian::little, "samples come low byte first");

std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  return failure == std::errc{} && stop == end ? value : -1;
}

/// A number, or text that is one.
std::int64_t number(const json& value) {
  return number(value.text_or(""));
}

const json& either(const json& object, std::string_view snake, std::string_view camel) {
  return object.has(snake) ? object[snake] : object[camel];
}

bool is_sequence(std::string_view key) {
  return key == "sequence_number" || key == "sequenceNumber";
}

/// Samples that need no guess: other codings, and µ-law above all, would be noise.
bool is_linear(std::string_view encoding) {
  return encoding.empty() || encoding == "audio/x-raw" || encoding == "raw" ||
         encoding == "base64" || encoding == "audio/x-l16" || encoding == "audio/l16";
}

/// `digit` as text or as a number; only what a phone's key sends.
char digit_of(const json& message) {
  const auto digit = message["dtmf"]["digit"].text_or("");
  const bool known = digit.size() == 1 && std::string_view{"0123456789*#ABCD"}.find(
                                              digit[0]) != std::string_view::npos;
  return known ? digit[0] : '\0';
}

} // namespace

bool media_wire::read(std::string_view text, carrier_message& message) {
  frame found;
  if (read_fast(text, found)) {
    message.type = kind::media;
    return take_audio(found, message);
  }
  return read_tree(text, message);
}

/// The path of media frames, without a tree. False: not plain, let the tree parser judge.
bool media_wire::read_fast(std::string_view text, frame& found) {
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
    } else if (is_sequence(member.key)) {
      found.sequence = number(member.value);
    }
  }
  if (!reader.complete() || events != 1)
    return false;
  flat_reader inner{media};
  int payloads = 0;
  while (inner.next(member)) {
    if (member.escaped || member.type == flat_member::kind::nested)
      return false;
    if (member.key == "payload") {
      if (member.type != flat_member::kind::string || ++payloads > 1)
        return false;
      found.payload = member.value;
    } else if (member.key == "timestamp") {
      found.timestamp_ms = number(member.value);
    }
  }
  return inner.complete() && payloads == 1;
}

bool media_wire::take_audio(const frame& found, carrier_message& message) {
  if (!from_base64(found.payload, bytes_) || bytes_.size() % sample_bytes != 0)
    return false;
  samples_.resize(bytes_.size() / sample_bytes);
  std::memcpy(samples_.data(), bytes_.data(), bytes_.size());
  if (rate_hz_ == wide_hz)
    message.wide = bytes_;
  resampled_.clear();
  from_carrier_.run(samples_, resampled_);
  message.kept = to_base64(encode_mulaw(resampled_));
  message.audio = message.kept;
  message.audio_bytes = resampled_.size();
  message.timestamp_ms = found.timestamp_ms;
  // What `chunk` counts differs between their pages; the sequence counts all messages.
  message.chunk = found.sequence;
  return true;
}

bool media_wire::read_tree(std::string_view text, carrier_message& message) {
  const auto tree = json::parse(text, message_limits);
  if (!tree || !tree->is_object())
    return false;
  const auto name = (*tree)["event"].text_or("");
  if (name == "media") {
    message.type = kind::media;
    const auto& media = (*tree)["media"];
    const auto payload = media["payload"].as_string();
    const auto sequence = number(either(*tree, "sequence_number", "sequenceNumber"));
    return payload &&
           take_audio({*payload, number(media["timestamp"]), sequence}, message);
  }
  if (name == "start")
    return read_start(*tree, message);
  if (name == "mark") {
    message.type = kind::mark;
    message.mark = (*tree)["mark"]["name"].text_or("");
    return message.mark.size() <= 128;
  }
  if (name == "dtmf") {
    message.type = kind::dtmf;
    message.digit = digit_of(*tree);
    return message.digit != '\0';
  }
  message.type = name == "connected"                  ? kind::connected
                 : name == "stop" || name == "closed" ? kind::stop
                                                      : kind::other;
  return true;
}

bool media_wire::read_start(const json& message, carrier_message& out) {
  const auto& start = message["start"];
  const auto& format = either(start, "media_format", "mediaFormat");
  out.type = kind::start;
  out.stream_id = either(message, "stream_sid", "streamSid")
                      .text_or(either(start, "stream_sid", "streamSid").text_or(""));
  out.provider_call_id = either(start, "call_sid", "callSid").text_or("");
  out.ticket =
      either(start, "custom_parameters", "customParameters")["ticket"].text_or("");
  const auto rate = format.is_object()
                        ? number(either(format, "sample_rate", "sampleRate"))
                        : std::int64_t{8'000};
  out.known_format = is_linear(format["encoding"].text_or("")) &&
                     (rate == 8'000 || rate == 16'000 || rate == 24'000);
  if (!is_plain_id(out.stream_id) ||
      !(out.provider_call_id.empty() || is_plain_id(out.provider_call_id)))
    return false;
  stream_id_ = out.stream_id;
  camel_ = message.has("streamSid") || start.has("streamSid");
  if (out.known_format && rate != rate_hz_) {
    rate_hz_ = static_cast<unsigned>(rate);
    from_carrier_ = resampler{rate_hz_, 8'000};
    to_carrier_ = resampler{8'000, rate_hz_};
  }
  return true;
}

void media_wire::play(ws_link& link, std::string_view audio) {
  if (!from_base64(audio, bytes_))
    return;
  decode_mulaw(bytes_, samples_);
  resampled_.clear();
  to_carrier_.run(samples_, resampled_);
  pending_.append(reinterpret_cast<const char*>(resampled_.data()),
                  resampled_.size() * sample_bytes);
  const std::string_view waiting{pending_};
  std::size_t sent = 0;
  for (; waiting.size() - sent >= chunk_bytes_; sent += chunk_bytes_)
    send_audio(link, waiting.substr(sent, chunk_bytes_));
  pending_.erase(0, sent);
}

void media_wire::mark(ws_link& link, std::string_view name) {
  if (!pending_.empty()) {
    const auto steps = (pending_.size() + chunk_step_bytes - 1) / chunk_step_bytes;
    pending_.resize(steps * chunk_step_bytes, '\0');
    send_audio(link, pending_);
    pending_.clear();
  }
  link.send(opening("mark").append(R"("mark":{"name":")").append(name).append("\"}}"));
}

void media_wire::clear(ws_link& link) {
  pending_.clear();
  to_carrier_.reset();
  auto text = opening("clear");
  text.back() = '}';
  link.send(text);
}

void media_wire::send_audio(ws_link& link, std::string_view pcm) {
  const auto sent_ms = sent_bytes_ / sample_bytes * 1'000 / rate_hz_;
  link.send(opening("media")
                .append(R"("media":{"chunk":")")
                .append(std::to_string(++chunks_))
                .append(R"(","timestamp":")")
                .append(std::to_string(sent_ms))
                .append(R"(","payload":")")
                .append(to_base64(pcm))
                .append("\"}}"));
  sent_bytes_ += pcm.size();
}

/// An event's first members, with a comma behind them.
std::string media_wire::opening(std::string_view event) {
  std::string out{R"({"event":")"};
  return out.append(event)
      .append(camel_ ? R"(","streamSid":")" : R"(","stream_sid":")")
      .append(stream_id_)
      .append(camel_ ? R"(","sequenceNumber":")" : R"(","sequence_number":")")
      .append(std::to_string(++sequence_))
      .append("\",");
}

} // namespace caly::exotel
