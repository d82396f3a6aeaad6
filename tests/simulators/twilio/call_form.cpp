#include "tests/simulators/twilio/call_form.hpp"

#include "runtime/base/text.hpp"
#include "tests/simulators/http/url.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace caly::sim {

namespace {

bool is_e164(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text.front() == '+' &&
         std::all_of(text.begin() + 1, text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0;
         });
}

std::optional<double> whole_number(std::string_view text) {
  int value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size() || value < 0)
    return std::nullopt;
  return value;
}

void read_events(const field_list& form, status_events& events) {
  const auto named = fields_named(form, "StatusCallbackEvent");
  if (named.empty())
    return;
  const auto has = [&](std::string_view event) {
    return std::find(named.begin(), named.end(), event) != named.end();
  };
  events = {has("initiated"), has("ringing"), has("answered"), has("completed")};
}

std::optional<twilio_problem> read_detection(const field_list& form,
                                             machine_detection& out) {
  const auto mode = field(form, "MachineDetection");
  if (mode.empty() || iequals(mode, "none"))
    return std::nullopt;
  out.enabled = true;
  out.message_end = iequals(mode, "DetectMessageEnd");
  out.async = iequals(field(form, "AsyncAmd"), "true");
  out.url = field(form, "AsyncAmdStatusCallback");
  if (out.async && out.url.empty())
    return twilio_problem{400, 21262, "AsyncAmdStatusCallback is required with AsyncAmd"};
  return std::nullopt;
}

std::optional<twilio_problem> check_numbers(const twilio_call& call) {
  if (call.to.empty())
    return twilio_problem{400, 21201, "No 'To' number is specified"};
  if (call.from.empty())
    return twilio_problem{400, 21213, "No 'From' number is specified"};
  const bool is_phone = !call.to.starts_with("sip:") && !call.to.starts_with("client:");
  if ((is_phone && !is_e164(call.to)) || call.to == call.from)
    return twilio_problem{400,
                          21211,
                          "The phone number you are attempting to call, " + call.to +
                              ", is not valid."};
  if (!is_e164(call.from) && !call.from.starts_with("sip:") &&
      !call.from.starts_with("client:"))
    return twilio_problem{
        400, 21212, "The 'From' number " + call.from + " is not valid."};
  return std::nullopt;
}

} // namespace

http_response error_response(const twilio_problem& problem) {
  json_writer out;
  out.begin_object()
      .field("code", problem.code)
      .field("message", problem.message)
      .field("more_info",
             "https://www.twilio.com/docs/errors/" + std::to_string(problem.code))
      .field("status", problem.status)
      .end_object();
  return json_response(problem.status, std::move(out).str());
}

std::optional<twilio_problem> read_call_form(const field_list& form, twilio_call& call) {
  call.to = field(form, "To");
  call.from = field(form, "From");
  if (auto problem = check_numbers(call))
    return problem;
  call.answer_url = field(form, "Url");
  if (call.answer_url.empty())
    call.twiml = field(form, "Twiml");
  if (call.answer_url.empty() && call.twiml.empty())
    return twilio_problem{400, 21205, "Url parameter is required"};
  if (!call.answer_url.empty() && !parse_url(call.answer_url))
    return twilio_problem{400, 21205, "Url is not a valid URL: " + call.answer_url};
  if (iequals(field(form, "Method"), "GET"))
    call.answer_method = "GET";
  call.fallback_url = field(form, "FallbackUrl");
  if (!call.fallback_url.empty() && !parse_url(call.fallback_url))
    return twilio_problem{400, 21210, "FallbackUrl is not a valid URL"};
  call.status_url = field(form, "StatusCallback");
  if (!call.status_url.empty() && !parse_url(call.status_url))
    return twilio_problem{400, 21609, "StatusCallback is not a valid URL"};
  if (iequals(field(form, "StatusCallbackMethod"), "GET"))
    call.status_method = "GET";
  read_events(form, call.events);
  const auto timeout = field(form, "Timeout");
  if (!timeout.empty()) {
    const auto seconds = whole_number(timeout);
    if (!seconds || *seconds > 600)
      return twilio_problem{400, 21215, "Timeout must be 0 to 600"};
    call.timeout_s = *seconds;
  }
  const auto limit = field(form, "TimeLimit");
  if (!limit.empty()) {
    call.time_limit_s = whole_number(limit);
    if (!call.time_limit_s)
      return twilio_problem{400, 21216, "TimeLimit must be a whole number"};
  }
  return read_detection(form, call.detection);
}

} // namespace caly::sim
