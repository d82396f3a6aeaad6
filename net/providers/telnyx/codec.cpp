#include "net/providers/telnyx/codec.hpp"

#include "net/providers/twiml/call_status.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>
#include <charconv>

namespace caly::telnyx {

namespace {

constexpr std::size_t call_id_bytes_max = 128;

std::optional<std::int32_t> seconds(std::string_view text) {
  std::int32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0)
    return std::nullopt;
  return value;
}

/// The first error of `{"errors":[{"code":"10015","title":"…","detail":"…"}]}`.
const json& first_error(const json& answer) {
  static const json none;
  const auto& errors = answer["errors"].items();
  return errors.empty() ? none : errors.front();
}

looked_up_call from_object(const json& call) {
  looked_up_call found;
  const auto status = twiml_api::normal_status(call["status"].text_or(""));
  if (!status)
    return found;
  found.found = true;
  found.status = *status;
  found.provider_call_id = call["sid"].text_or("").substr(0, call_id_bytes_max);
  found.duration_s = seconds(call["duration"].text_or(""));
  found.answered_by = call["answered_by"].text_or("");
  return found;
}

} // namespace

std::string create_body(const place_call& call,
                        std::string_view application,
                        std::string_view callback_base) {
  const auto query = "?tenant=" + call.tenant.str() + "&call=" + call.call.str();
  const auto at = [&](std::string_view path) {
    return std::string{callback_base} + std::string{path} + query;
  };
  json_writer out;
  out.begin_object().field("ApplicationSid", application);
  out.field("To", call.to).field("From", call.from);
  out.field("Url", at("/texml/voice")).field("UrlMethod", "POST");
  out.field("FallbackUrl", at("/texml/fallback"));
  out.field("StatusCallback", at("/texml/status")).field("StatusCallbackMethod", "POST");
  out.field("StatusCallbackEvent", "initiated ringing answered completed");
  // Their ranges.
  out.field("Timeout", std::clamp(call.ring_timeout_s, 5, 120));
  out.field("TimeLimit", std::clamp(call.max_call_s, 30, 14'400));
  if (call.detect_voicemail) {
    out.field("MachineDetection", "Enable").field("AsyncAmd", true);
    out.field("AsyncAmdStatusCallback", at("/texml/amd"));
    out.field("AsyncAmdStatusCallbackMethod", "POST");
  }
  out.end_object();
  return std::move(out).str();
}

std::string leg_body(const place_leg& leg,
                     std::string_view application,
                     std::string_view callback_base) {
  const auto query = "?tenant=" + leg.tenant.str() + "&call=" + leg.call.str() +
                     "&transfer=" + std::to_string(leg.transfer);
  const auto at = [&](std::string_view path) {
    return std::string{callback_base} + std::string{path} + query;
  };
  json_writer out;
  out.begin_object().field("ApplicationSid", application);
  out.field("To", leg.to).field("From", leg.from);
  out.field("Url", at("/texml/leg")).field("UrlMethod", "POST");
  out.field("StatusCallback", at("/texml/leg/status"));
  out.field("StatusCallbackMethod", "POST");
  out.field("StatusCallbackEvent", "ringing completed");
  out.field("Timeout", std::clamp(leg.ring_timeout_s, 5, 120)).end_object();
  return std::move(out).str();
}

placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s) {
  placed_call answer;
  const auto object = json::parse(body);
  if (status == 200 || status == 201) {
    if (object)
      answer.provider_call_id = (*object)["call_sid"]
                                    .text_or((*object)["sid"].text_or(""))
                                    .substr(0, call_id_bytes_max);
    // Accepted, but under which name is not known: webhooks or the reconciler tell.
    answer.result =
        answer.provider_call_id.empty() ? create_result::unknown : create_result::placed;
  } else if (status == 429) {
    answer.result = create_result::throttled;
    answer.reason = "throttled";
    answer.retry_after_s = std::max(1, retry_after_s);
  } else if (status >= 400 && status < 500 && status != 408) {
    static const json nothing;
    const auto& error = first_error(object ? *object : nothing);
    answer.result = create_result::refused;
    answer.reason = "telnyx " +
                    std::string{error["code"].text_or(std::to_string(status))} + " " +
                    std::string{error["detail"].text_or(error["title"].text_or(""))};
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
  // "Call has already ended".
  return status == 422 && object && first_error(*object)["code"].text_or("") == "90018";
}

looked_up_call read_call(std::string_view body) {
  const auto call = json::parse(body);
  return call ? from_object(*call) : looked_up_call{};
}

looked_up_call find_in_list(std::string_view body, const doubtful_call& wanted) {
  const auto list = json::parse(body, {1 << 20, 16, 50'000, 32, 3});
  if (!list)
    return {};
  // Earliest first: the one that started right after we sent is ours.
  looked_up_call best;
  std::int64_t best_at = 0;
  for (const auto& call : (*list)["calls"].items()) {
    const auto at = twiml_api::rfc2822_ms(call["date_created"].text_or("")).value_or(0);
    // Their times have whole seconds.
    if (call["to"].text_or("") != wanted.to || call["from"].text_or("") != wanted.from ||
        at + 2000 < wanted.sending_at_ms)
      continue;
    auto found = from_object(call);
    if (found.found && (!best.found || at < best_at)) {
      best = std::move(found);
      best_at = at;
    }
  }
  return best;
}

} // namespace caly::telnyx
