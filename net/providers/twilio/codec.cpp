#include "net/providers/twilio/codec.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <charconv>
#include <ctime>
#include <map>

namespace caly::twilio {

namespace {

constexpr std::size_t heard_bytes_max = 2000;
/// Twilio's limit is 4,096 characters.
constexpr std::size_t said_bytes_max = 4000;

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const auto c : text) {
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&apos;";
      break;
    default:
      out += c;
    }
  }
  return out;
}

std::string document(std::string_view verbs) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><Response>)" + std::string{verbs} +
         "</Response>";
}

/// One voice speaks both languages, so that it does not change with the language.
/// Hinglish is written in Latin letters and understood as Indian English.
std::string say(std::string_view sentence, std::string_view language) {
  const auto spoken = one_line(sentence, said_bytes_max);
  if (spoken.empty())
    return {};
  return R"(<Say voice="Polly.Aditi" language=")" +
         std::string{language == "hi" ? "hi-IN" : "en-IN"} + R"(">)" +
         xml_escaped(spoken) + "</Say>";
}

std::optional<std::int32_t> number(std::string_view text) {
  std::int32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0)
    return std::nullopt;
  return value;
}

/// `Tue, 18 Aug 2026 10:00:00 +0000`; nothing when it is another format.
std::optional<std::int64_t> rfc2822_ms(std::string_view text) {
  std::tm parts{};
  const std::string copy{text};
  if (strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S %z", &parts) == nullptr)
    return std::nullopt;
  const auto offset = parts.tm_gmtoff;
  return (static_cast<std::int64_t>(timegm(&parts)) - offset) * 1000;
}

looked_up_call from_object(const json& call) {
  looked_up_call found;
  const auto status = normal_status(call["status"].text_or(""));
  if (!status)
    return found;
  found.found = true;
  found.status = *status;
  found.provider_call_id = call["sid"].text_or("");
  found.duration_s = number(call["duration"].text_or(""));
  found.answered_by = call["answered_by"].text_or("");
  return found;
}

/// Codes by which Twilio says "not now" with a 4xx.
bool is_throttle(int status, std::int64_t code) {
  return status == 429 || code == 20429;
}

} // namespace

std::optional<std::string> normal_status(std::string_view call_status) {
  if (call_status == "queued")
    return "queued";
  if (call_status == "initiated")
    return "dialing";
  if (call_status == "ringing" || call_status == "completed" || call_status == "busy" ||
      call_status == "failed" || call_status == "canceled")
    return std::string{call_status};
  if (call_status == "in-progress" || call_status == "answered")
    return "in_progress";
  if (call_status == "no-answer")
    return "no_answer";
  return std::nullopt;
}

std::optional<record_progress> progress_of(const tenant_id& tenant,
                                           const call_id& call,
                                           const form_fields& fields,
                                           std::string_view token,
                                           std::int64_t now_ms) {
  record_progress event;
  const auto status = normal_status(field(fields, "CallStatus"));
  const auto sid = field(fields, "CallSid");
  if (!status || sid.empty() || sid.size() > 64 || token.size() > 128)
    return std::nullopt;
  event.tenant = tenant;
  event.call = call;
  event.provider_call_id = sid;
  event.status = *status;
  // The same event may come again without its token; the sequence number names it too.
  const auto sequence = field(fields, "SequenceNumber");
  event.key = "twilio:" + std::string{field(fields, "CallStatus")} + ':' +
              std::string{!sequence.empty() ? sequence.substr(0, 16) : token};
  event.duration_s = number(field(fields, "CallDuration"));
  event.answered_by = field(fields, "AnsweredBy").substr(0, 32);
  event.at_ms = rfc2822_ms(field(fields, "Timestamp")).value_or(now_ms);
  // Their times have whole seconds and another clock: an event that just came happened
  // now, and none is from the future.
  if (event.at_ms + 2000 > now_ms)
    event.at_ms = now_ms;
  return event;
}

std::string connect_stream(std::string_view socket_url,
                           std::string_view ticket,
                           std::string_view next_url) {
  const auto next = xml_escaped(next_url);
  // Whether a stream that never opened runs the action or falls through is not promised.
  return document(R"(<Connect action=")" + next + R"(" method="POST"><Stream url=")" +
                  xml_escaped(socket_url) + R"("><Parameter name="ticket" value=")" +
                  xml_escaped(ticket) +
                  R"("/></Stream></Connect><Redirect method="POST">)" + next +
                  "</Redirect>");
}

std::string say_and_listen(std::string_view sentence,
                           std::string_view language,
                           std::string_view action_url) {
  return document(R"(<Gather input="speech dtmf" action=")" + xml_escaped(action_url) +
                  R"(" method="POST" actionOnEmptyResult="true" speechTimeout="auto" )"
                  R"(timeout="5" language=")" +
                  (language == "hi" ? "hi-IN" : "en-IN") + R"(">)" +
                  say(sentence, language) + "</Gather>");
}

std::string say_and_hang_up(std::string_view sentence, std::string_view language) {
  return document(say(sentence, language) + "<Hangup/>");
}

std::string heard_text(const form_fields& fields) {
  const auto said = trim(field(fields, "SpeechResult"));
  return one_line(said.empty() ? trim(field(fields, "Digits")) : said, heard_bytes_max);
}

std::string reject(std::string_view reason) {
  return document(R"(<Reject reason=")" + xml_escaped(reason) + R"("/>)");
}

form_fields create_fields(const place_call& call, std::string_view callback_base) {
  const auto query = "?tenant=" + call.tenant.str() + "&call=" + call.call.str();
  const auto at = [&](std::string_view path) {
    return std::string{callback_base} + std::string{path} + query;
  };
  form_fields fields{{"To", call.to},
                     {"From", call.from},
                     {"Url", at("/twiml/voice")},
                     {"Method", "POST"},
                     {"FallbackUrl", at("/twiml/again")},
                     {"FallbackMethod", "POST"},
                     {"StatusCallback", at("/twiml/status")},
                     {"StatusCallbackMethod", "POST"},
                     {"Timeout", std::to_string(call.ring_timeout_s)},
                     {"TimeLimit", std::to_string(call.max_call_s)}};
  for (const auto* event : {"initiated", "ringing", "answered", "completed"})
    fields.emplace_back("StatusCallbackEvent", event);
  if (call.detect_voicemail) {
    fields.emplace_back("MachineDetection", "Enable");
    fields.emplace_back("AsyncAmd", "true");
    fields.emplace_back("AsyncAmdStatusCallback", at("/twiml/amd"));
    fields.emplace_back("AsyncAmdStatusCallbackMethod", "POST");
  }
  return fields;
}

placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s) {
  placed_call answer;
  const auto object = json::parse(body);
  const auto code = object ? (*object)["code"].int_or(0) : 0;
  if (status == 201 || status == 200) {
    if (object)
      answer.provider_call_id = (*object)["sid"].text_or("");
    // Accepted, but under which name is not known: webhooks or the reconciler tell.
    answer.result =
        answer.provider_call_id.empty() ? create_result::unknown : create_result::placed;
    return answer;
  }
  if (is_throttle(status, code)) {
    answer.result = create_result::throttled;
    answer.reason = "throttled";
    answer.retry_after_s = std::max(1, retry_after_s);
  } else if (status >= 400 && status < 500 && status != 408) {
    answer.result = create_result::refused;
    answer.reason = "twilio " + std::to_string(code != 0 ? code : status) + " " +
                    std::string{object ? (*object)["message"].text_or("") : ""};
    answer.reason.resize(std::min<std::size_t>(answer.reason.size(), 200));
  } else {
    answer.reason = "HTTP " + std::to_string(status);
  }
  return answer;
}

bool ended_already(int status, std::string_view body) {
  if (status == 404)
    return true;
  const auto object = json::parse(body);
  const auto code = object ? (*object)["code"].int_or(0) : 0;
  return status == 400 && (code == 21220 || code == 20404);
}

looked_up_call read_call(std::string_view body) {
  const auto call = json::parse(body);
  return call ? from_object(*call) : looked_up_call{};
}

std::vector<looked_up_call> find_in_list(std::string_view body,
                                         const doubtful_call& wanted) {
  const auto list = json::parse(body, {1 << 20, 16, 50'000, 32, 3});
  if (!list)
    return {};
  std::multimap<std::int64_t, looked_up_call> found;
  for (const auto& call : (*list)["calls"].items()) {
    const auto at = rfc2822_ms(call["date_created"].text_or(""))
                        .value_or(rfc2822_ms(call["start_time"].text_or("")).value_or(0));
    // Their times have whole seconds.
    if (call["to"].text_or("") != wanted.to || call["from"].text_or("") != wanted.from ||
        at + 2000 < wanted.sending_at_ms)
      continue;
    if (auto each = from_object(call); each.found)
      found.emplace(at, std::move(each));
  }
  std::vector<looked_up_call> earliest;
  for (auto& [at, call] : found)
    if (earliest.size() < candidates_max)
      earliest.push_back(std::move(call));
  return earliest;
}

std::optional<call_id> call_of_events(std::string_view body) {
  const auto list = json::parse(body, {1 << 20, 16, 50'000, 32, 3});
  if (!list)
    return std::nullopt;
  for (const auto& event : (*list)["events"].items()) {
    const auto url = event["request"]["url"].text_or("");
    const auto query = url.find('?');
    if (query == std::string_view::npos)
      continue;
    const auto fields = parse_form(std::string_view{url}.substr(query + 1));
    if (const auto call = call_id::parse(field(fields, "call")))
      return call;
  }
  return std::nullopt;
}

} // namespace caly::twilio
