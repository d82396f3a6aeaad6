#include "net/providers/azure/recognition.hpp"

#include "runtime/base/text.hpp"
#include "runtime/base/uuid.hpp"

#include <algorithm>
#include <array>

namespace caly::azure {

namespace {

constexpr json_limits body_limits{256 << 10, 32, 50'000, 32, 3};
constexpr std::int64_t ticks_a_ms = 10'000;

constexpr std::string_view speech_config =
    R"({"context":{"system":{"name":"caly","version":"1","build":"cpp","lang":"C++"},)"
    R"("os":{"platform":"Linux","name":"Linux","version":"1"},)"
    R"("audio":{"source":{"bitspersample":16,"channelcount":1,"connectivity":"Unknown",)"
    R"("manufacturer":"caly","model":"telephone","samplerate":8000,"type":"Stream"}}}})";

/// A text message: header lines, an empty line, the body.
struct text_message {
  std::string path; ///< lower case
  std::string request;
  std::string_view body;
};

text_message read_message(std::string_view text) {
  text_message out;
  const auto end = text.find("\r\n\r\n");
  if (end == text.npos)
    return out;
  out.body = text.substr(end + 4);
  auto head = text.substr(0, end);
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const auto colon = line.find(':');
    if (colon == line.npos)
      continue;
    const auto value = trim(line.substr(colon + 1));
    if (iequals(line.substr(0, colon), "Path"))
      out.path = to_lower(value);
    else if (iequals(line.substr(0, colon), "X-RequestId"))
      out.request = to_lower(value);
  }
  return out;
}

void put(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>(value >> (8 * i));
}

std::string new_request_id() {
  return to_hex(make_uuid());
}

std::chrono::milliseconds from_ticks(const json& ticks) {
  constexpr std::int64_t ticks_max = 24LL * 3'600'000 * ticks_a_ms;
  return std::chrono::milliseconds{
      std::clamp<std::int64_t>(ticks.int_or(0), 0, ticks_max) / ticks_a_ms};
}

} // namespace

std::vector<std::string> languages_of(const recognition_options& options,
                                      const ear_plan& plan) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& tag) {
    if (std::ranges::find(out, tag) == out.end())
      out.push_back(tag);
  };
  for (const auto& language : plan.languages) {
    if (language != "en")
      add(options.hindi);
    // Hinglish is both.
    if (language != "hi")
      add(options.english);
  }
  if (out.empty())
    add(options.english);
  return out;
}

std::string recognition_target(const recognition_options& options, const ear_plan& plan) {
  const auto languages = languages_of(options, plan);
  const auto mixed = languages.size() > 1;
  return (mixed ? options.mixed_path : options.path) +
         "?language=" + url_encode(languages[0]) + "&format=simple" +
         (mixed ? "&lidEnabled=true" : "");
}

std::string open_riff_header() {
  constexpr std::uint32_t rate = 8000;
  constexpr std::uint32_t header_bytes_left = 36; // and no samples yet
  std::string out = "RIFF";
  put(out, header_bytes_left, 4);
  out += "WAVEfmt ";
  put(out, 16, 4);
  put(out, 1, 2); // PCM
  put(out, 1, 2); // channel
  put(out, rate, 4);
  put(out, rate * 2, 4);
  put(out, 2, 2);
  put(out, 16, 2);
  out += "data";
  put(out, 0, 4);
  return out;
}

std::string binary_message(std::string_view header, std::string_view payload) {
  std::string out;
  out.reserve(2 + header.size() + payload.size());
  out += static_cast<char>(header.size() >> 8);
  out += static_cast<char>(header.size());
  out += header;
  out += payload;
  return out;
}

recognition::recognition(const recognition_options& options,
                         const ear_plan& plan,
                         wall_clock clock,
                         std::function<std::string()> new_id)
    : options_{options},
      plan_{plan},
      clock_{std::move(clock)},
      new_id_{std::move(new_id)} {}

std::string recognition::header(std::string_view path,
                                std::string_view content_type) const {
  std::string out = "Path: ";
  out.append(path).append("\r\nX-RequestId: ").append(request_);
  out.append("\r\nX-Timestamp: ").append(to_rfc3339(clock_())).append("\r\n");
  if (!content_type.empty())
    out.append("Content-Type: ").append(content_type).append("\r\n");
  return out;
}

void recognition::send_text(std::string_view path,
                            std::string_view body,
                            ear_messages& out) const {
  out.text(header(path, "application/json") + "\r\n" + std::string{body});
}

void recognition::send_audio(std::string_view type,
                             std::string_view bytes,
                             ear_messages& out) const {
  out.binary(binary_message(header("audio", type), bytes));
}

std::string recognition::context() const {
  json_writer out;
  out.begin_object();
  out.key("phraseDetection").begin_object().field("mode", "Conversation");
  out.key("conversation").begin_object().key("segmentation").begin_object();
  out.field("mode", "Custom");
  out.field("segmentationSilenceTimeoutMs",
            static_cast<std::int64_t>(options_.segmentation.count()));
  out.end_object().end_object().end_object();
  if (const auto languages = languages_of(options_, plan_); languages.size() > 1) {
    out.key("languageId").begin_object().key("languages").begin_array();
    for (const auto& language : languages)
      out.value(language);
    out.end_array().field("mode", "DetectContinuous");
    out.key("onSuccess").begin_object().field("action", "Recognize").end_object();
    out.key("onUnknown").begin_object().field("action", "None").end_object();
    out.field("priority", "PrioritizeLatency").end_object();
  }
  if (!plan_.hints.empty()) {
    out.key("dgi").begin_object().key("Groups").begin_array().begin_object();
    out.field("Type", "Generic").key("Items").begin_array();
    for (const auto& hint : plan_.hints)
      out.begin_object().field("Text", hint).end_object();
    out.end_array().end_object().end_array().end_object();
  }
  return std::move(out.end_object()).str();
}

void recognition::begin(bool first, ear_messages& out) {
  // What belongs to the request before this one is passed over from now on.
  request_ = new_id_();
  ended_ = false;
  if (first)
    send_text("speech.config", speech_config, out);
  send_text("speech.context", context(), out);
  send_audio("audio/x-wav", open_riff_header(), out);
}

void recognition::audio(std::string_view codes, ear_messages& out) {
  decode_mulaw(codes, samples_);
  std::string bytes;
  bytes.reserve(samples_.size() * 2);
  for (const auto sample : samples_)
    put(bytes, static_cast<std::uint16_t>(sample), 2);
  send_audio("", bytes, out);
}

bool recognition::settle(ear_messages& out) {
  if (!options_.settle_by_end)
    return true;
  ended_ = true;
  send_audio("", "", out);
  return false;
}

void recognition::finish(ear_messages& out) {
  if (!ended_)
    send_audio("", "", out);
}

ear_event recognition::read(std::string_view text) {
  const auto message = read_message(text);
  ear_event event;
  if (message.path.empty()) {
    event.what = ear_event::kind::broken;
    event.text = "a message has no path";
    return event;
  }
  if (!message.request.empty() && message.request != request_)
    return event;
  if (message.path == "turn.end") {
    event.what = ear_event::kind::stream_over;
    // All of an audio whose end was said was looked at; of another the rest goes on.
    if (ended_)
      event.settled = std::chrono::hours{24};
    return event;
  }
  const auto body = json::parse(message.body, body_limits);
  if (message.path == "speech.hypothesis" || message.path == "speech.fragment") {
    event.text = body ? (*body)["Text"].text_or("") : "";
    if (!event.text.empty())
      event.what = ear_event::kind::partial;
  } else if (message.path == "speech.phrase" && body) {
    return read_phrase(*body);
  }
  return event;
}

ear_event recognition::read_phrase(const json& phrase) const {
  const auto status = phrase["RecognitionStatus"].text_or("");
  ear_event event;
  event.what = ear_event::kind::words;
  if (status == "Forbidden" || status == "BadRequest") {
    event.what = ear_event::kind::refused;
    event.text = status;
  } else if (status == "Error" || status == "TooManyRequests") {
    event.what = ear_event::kind::broken;
    event.text = status;
  } else {
    event.settled = from_ticks(phrase["Offset"]) + from_ticks(phrase["Duration"]);
    if (status == "Success")
      event.text = phrase["DisplayText"].text_or("");
    event.language = phrase["PrimaryLanguage"]["Language"].text_or("");
  }
  return event;
}

bool recognition::may_reconnect(int close_code) const {
  constexpr std::array lasting{1002, 1003, 1007, 4000};
  return std::ranges::find(lasting, close_code) == lasting.end();
}

ear_service recognition_service(recognition_options options, wall_clock clock) {
  ear_service service;
  service.protocol = [options, clock](const ear_plan& plan) {
    return std::make_unique<recognition>(options, plan, clock, &new_request_id);
  };
  service.url = [options](const ear_plan& plan) {
    return options.account.url("stt") + recognition_target(options, plan) +
           "&X-ConnectionId=" + new_request_id();
  };
  service.headers = {{"Ocp-Apim-Subscription-Key", options.account.key}};
  service.options.name = "azure";
  return service;
}

} // namespace caly::azure
