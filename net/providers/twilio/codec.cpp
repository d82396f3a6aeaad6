#include "net/providers/twilio/codec.hpp"

#include "net/providers/twiml/document.hpp"
#include "net/providers/xml_text.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <charconv>
#include <map>

namespace caly::twilio {

namespace {

constexpr std::size_t heard_bytes_max = 2000;
using twiml_api::document;
using twiml_api::say;

/// Whether a socket that never opened runs the action or falls through is not promised.
std::string connect(const std::string& noun, std::string_view next_url) {
  const auto next = xml_escaped(next_url);
  return document(R"(<Connect action=")" + next + R"(" method="POST">)" + noun +
                  R"(</Connect><Redirect method="POST">)" + next + "</Redirect>");
}

std::optional<std::int32_t> number(std::string_view text) {
  std::int32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0)
    return std::nullopt;
  return value;
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

std::optional<record_progress> progress_of(const tenant_id& tenant,
                                           const call_id& call,
                                           const form_fields& fields,
                                           std::string_view token,
                                           std::int64_t now_ms,
                                           std::string_view provider) {
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
  event.key = std::string{provider} + ':' + std::string{field(fields, "CallStatus")} +
              ':' + std::string{!sequence.empty() ? sequence.substr(0, 16) : token};
  event.duration_s = number(field(fields, "CallDuration"));
  event.answered_by = field(fields, "AnsweredBy").substr(0, 32);
  event.at_ms = twiml_api::rfc2822_ms(field(fields, "Timestamp")).value_or(now_ms);
  // Their times have whole seconds and another clock: an event that just came happened
  // now, and none is from the future.
  if (event.at_ms + 2000 > now_ms)
    event.at_ms = now_ms;
  return event;
}

std::optional<std::string> recording_status(std::string_view status) {
  if (status == "completed" || status == "absent" || status == "failed")
    return std::string{status};
  if (status == "in-progress" || status == "paused" || status == "stopped" ||
      status == "processing")
    return "running";
  return std::nullopt;
}

std::string connect_stream(std::string_view socket_url,
                           std::string_view ticket,
                           std::string_view next_url) {
  return connect(R"(<Stream url=")" + xml_escaped(socket_url) +
                     R"("><Parameter name="ticket" value=")" + xml_escaped(ticket) +
                     R"("/></Stream>)",
                 next_url);
}

std::string connect_relay(std::string_view socket_url,
                          std::string_view language,
                          const element_attributes& more,
                          std::string_view next_url) {
  auto attributes = more;
  // The first of a name stays: what is in `more` replaces the rest.
  attributes.emplace("language", language);
  attributes.emplace("dtmfDetection", "true");
  attributes.emplace("interruptible", "any");
  std::string relay = R"(<ConversationRelay url=")" + xml_escaped(socket_url) + '"';
  for (const auto& [name, value] : attributes)
    relay += ' ' + name + R"(=")" + xml_escaped(value) + '"';
  return connect(relay + "/>", next_url);
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

std::string say_and_ask(std::string_view sentence,
                        std::string_view language,
                        std::string_view next_url) {
  return document(say(sentence, language) + R"(<Redirect method="POST">)" +
                  xml_escaped(next_url) + "</Redirect>");
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
                     {"FallbackUrl", at("/twiml/fallback")},
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

form_fields leg_fields(const place_leg& leg, std::string_view callback_base) {
  const auto query = "?tenant=" + leg.tenant.str() + "&call=" + leg.call.str() +
                     "&transfer=" + std::to_string(leg.transfer);
  const auto at = [&](std::string_view path) {
    return std::string{callback_base} + std::string{path} + query;
  };
  return {{"To", leg.to},
          {"From", leg.from},
          {"Url", at("/twiml/leg")},
          {"Method", "POST"},
          {"StatusCallback", at("/twiml/leg/status")},
          {"StatusCallbackMethod", "POST"},
          {"StatusCallbackEvent", "ringing"},
          {"StatusCallbackEvent", "completed"},
          {"Timeout", std::to_string(leg.ring_timeout_s)}};
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
    const auto at =
        twiml_api::rfc2822_ms(call["date_created"].text_or(""))
            .value_or(twiml_api::rfc2822_ms(call["start_time"].text_or("")).value_or(0));
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
