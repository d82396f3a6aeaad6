#include "net/providers/exotel/codec.hpp"

#include "actors/model/phone_number.hpp"
#include "net/auth/hmac.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace caly::exotel {

namespace {

constexpr std::size_t proof_chars = 22;
constexpr std::int64_t india_offset_s = 19'800; // +05:30, the whole year
/// Their times have whole seconds and another clock.
constexpr std::int64_t clock_slack_ms = 2'000;
/// Exotel's longest call.
constexpr std::int32_t time_limit_s_max = 14'400;
constexpr std::int32_t no_balance_retry_s = 60;

struct status_word {
  std::string_view theirs;
  std::string_view ours;
  bool terminal;
};

/// `in-progress` is answered to a create at once: it says that the call lives, no more.
constexpr std::array<status_word, 9> words{{
    {"queued", "queued", false},
    {"in-progress", "dialing", false},
    {"ringing", "ringing", false},
    {"answered", "in_progress", false},
    {"completed", "completed", true},
    {"busy", "busy", true},
    {"no-answer", "no_answer", true},
    {"failed", "failed", true},
    {"canceled", "canceled", true},
}};

void take_status(std::string_view theirs, told_call& call) {
  for (const auto& word : words)
    if (word.theirs == theirs) {
      call.status = word.ours;
      call.terminal = word.terminal;
    }
}

std::optional<std::int32_t> seconds_of(std::string_view text) {
  std::int32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stop != end || value < 0 || value > 86'400)
    return std::nullopt;
  return value;
}

/// Human, Machine, NotSure and NA, in any case.
std::string answered_by_of(std::string_view theirs) {
  const auto word = to_lower(theirs);
  return word == "human" || word == "machine" ? word : std::string{};
}

std::string_view
first_of(const form_fields& fields, std::string_view name, std::string_view other) {
  const auto value = field(fields, name);
  return value.empty() ? field(fields, other) : value;
}

/// Ring time is part of `Duration`, not of what the legs and the details tell.
std::optional<std::int32_t> talk_of(const json& call) {
  const auto& details = call["Details"];
  if (auto talked = seconds_of(details["ConversationDuration"].text_or("")))
    return talked;
  for (const auto& each : details["Legs"].items())
    if (auto talked = seconds_of(each["Leg"]["OnCallDuration"].text_or("")))
      return talked;
  return seconds_of(call["Duration"].text_or(""));
}

told_call from_object(const json& call) {
  told_call out;
  out.sid = call["Sid"].text_or("");
  out.event = call["Status"].text_or("");
  take_status(out.event, out);
  out.custom_field = call["CustomField"].text_or("");
  const bool rang_in = call["Direction"].text_or("") == "inbound";
  out.person = call["From"].text_or("");
  out.exophone = call[rang_in ? "To" : "PhoneNumberSid"].text_or("");
  out.answered_by = answered_by_of(call["AnsweredBy"].text_or(""));
  out.created_at_ms = india_ms(call["DateCreated"].text_or(""));
  out.started_at_ms = india_ms(call["StartTime"].text_or(""));
  out.ended_at_ms = india_ms(call["EndTime"].text_or(""));
  if (out.terminal)
    out.duration_s = talk_of(call);
  return out;
}

std::string reason_of(int status, const json& body) {
  const auto& problem = body["RestException"];
  return one_line("exotel " + std::to_string(status) + " " +
                      std::string{problem["Message"].text_or("")},
                  200);
}

} // namespace

std::string sign(std::string_view secret, std::string_view text) {
  std::string out{text};
  return out.append(1, '.').append(
      to_base64url(hmac_sha256(secret, text)).substr(0, proof_chars));
}

std::optional<std::string> signed_text(std::string_view secret, std::string_view given) {
  const auto dot = given.rfind('.');
  if (secret.empty() || dot == std::string_view::npos || given.size() > 128)
    return std::nullopt;
  const auto text = given.substr(0, dot);
  if (!equal_constant_time(sign(secret, text), given))
    return std::nullopt;
  return std::string{text};
}

std::string write_reference(std::string_view secret, const call_reference& about) {
  return sign(secret, about.call.str() + '.' + about.tenant.str());
}

std::optional<call_reference> read_reference(std::string_view secret,
                                             std::string_view text) {
  const auto proven = signed_text(secret, text);
  if (!proven)
    return std::nullopt;
  const auto dot = proven->find('.');
  const auto call = call_id::parse(proven->substr(0, dot));
  const auto tenant = tenant_id::parse(
      dot == std::string::npos ? std::string{} : proven->substr(dot + 1));
  if (!call || !tenant)
    return std::nullopt;
  return call_reference{*tenant, *call};
}

form_fields create_fields(const place_call& call, const create_order& order) {
  return {{"From", call.to},
          {"CallerId", call.from},
          {"CallType", "trans"},
          {"StreamUrl", order.stream_url},
          {"StreamType", "bidirectional"},
          {"TimeOut", std::to_string(call.ring_timeout_s)},
          {"TimeLimit", std::to_string(std::min(call.max_call_s, time_limit_s_max))},
          {"CustomField", order.custom_field},
          {"StatusCallback", order.callback_url},
          {"StatusCallbackEvents[0]", "answered"},
          {"StatusCallbackEvents[1]", "terminal"}};
}

placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s) {
  const auto parsed = json::parse(body);
  const auto& object = parsed ? *parsed : json{};
  placed_call answer;
  if (status == 200 || status == 201) {
    answer.provider_call_id = object["Call"]["Sid"].text_or("");
    answer.result =
        answer.provider_call_id.empty() ? create_result::unknown : create_result::placed;
  } else if (status == 429) {
    answer.result = create_result::throttled;
    answer.reason = "throttled";
    answer.retry_after_s = std::max(1, retry_after_s);
  } else if (status == 402) {
    // Nothing is wrong with the person: the account has to be filled up.
    answer.result = create_result::throttled;
    answer.reason = reason_of(status, object);
    answer.retry_after_s = no_balance_retry_s;
  } else if (status >= 400 && status < 500 && status != 408) {
    answer.result = create_result::refused;
    answer.reason = reason_of(status, object);
  } else {
    answer.reason = "HTTP " + std::to_string(status);
  }
  return answer;
}

std::optional<told_call> read_call(std::string_view body) {
  const auto object = json::parse(body);
  if (!object || (*object)["Call"]["Sid"].text_or("").empty())
    return std::nullopt;
  return from_object((*object)["Call"]);
}

std::optional<told_call> read_callback(const form_fields& fields) {
  told_call out;
  out.sid = field(fields, "CallSid");
  if (out.sid.empty() || out.sid.size() > 64)
    return std::nullopt;
  const auto event = field(fields, "EventType");
  const auto status = first_of(fields, "Status", "CallStatus");
  out.event = event.empty() || event == "terminal" ? status : event;
  take_status(out.event, out);
  out.custom_field = field(fields, "CustomField");
  const bool rang_in = field(fields, "Direction").starts_with("in");
  out.person = first_of(fields, "From", "CallFrom");
  out.exophone = rang_in ? first_of(fields, "To", "CallTo")
                         : first_of(fields, "PhoneNumberSid", "CallTo");
  out.answered_by = answered_by_of(field(fields, "Legs[0][AnsweredBy]"));
  if (out.terminal) {
    out.duration_s = seconds_of(field(fields, "ConversationDuration"));
    out.ended_at_ms = india_ms(field(fields, "EndTime"));
  }
  return out;
}

looked_up_call find_in_list(std::string_view body,
                            const doubtful_call& wanted,
                            std::string_view custom_field) {
  const auto list = json::parse(body, {1 << 20, 16, 50'000, 32, 3});
  if (!list)
    return {};
  std::optional<told_call> best;
  for (const auto& row : (*list)["Calls"].items()) {
    auto each = from_object(row.has("Call") ? row["Call"] : row);
    if (each.sid.empty() || each.status.empty())
      continue;
    if (!each.custom_field.empty()) {
      if (each.custom_field == custom_field)
        return as_looked_up(each);
      continue;
    }
    if (e164(each.person) != wanted.to ||
        each.created_at_ms + clock_slack_ms < wanted.sending_at_ms)
      continue;
    if (!best || each.created_at_ms < best->created_at_ms)
      best = std::move(each);
  }
  return best ? as_looked_up(*best) : looked_up_call{};
}

looked_up_call as_looked_up(const told_call& call) {
  looked_up_call found;
  found.found = !call.status.empty();
  found.provider_call_id = call.sid;
  found.answered_by = call.answered_by;
  if (call.status == "completed" && !call.duration_s) {
    found.status = "dialing";
    return found;
  }
  found.status = call.status;
  found.duration_s = call.duration_s;
  found.at_ms = call.ended_at_ms;
  return found;
}

record_progress as_progress(const call_reference& about,
                            const told_call& told,
                            const told_call& confirmed,
                            std::int64_t now_ms) {
  record_progress event;
  event.tenant = about.tenant;
  event.call = about.call;
  event.key = "exotel:" + confirmed.event;
  event.provider_call_id = confirmed.sid;
  event.status = confirmed.status;
  event.answered_by =
      confirmed.answered_by.empty() ? told.answered_by : confirmed.answered_by;
  event.at_ms =
      confirmed.ended_at_ms > 0 ? std::min(confirmed.ended_at_ms, now_ms) : now_ms;
  if (!confirmed.terminal)
    return event;
  event.duration_s = confirmed.duration_s;
  if (!event.duration_s && told.duration_s && confirmed.started_at_ms > 0) {
    // The API tells lengths minutes later. Nobody talked for longer than the call lived.
    const auto lived_s = (now_ms - confirmed.started_at_ms + clock_slack_ms) / 1'000;
    event.duration_s =
        static_cast<std::int32_t>(std::clamp<std::int64_t>(lived_s, 0, *told.duration_s));
  }
  return event;
}

std::int64_t india_ms(std::string_view text) {
  std::tm parts{};
  const std::string copy{text.substr(0, 19)};
  const auto* stop = strptime(copy.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
  if (stop == nullptr || *stop != '\0' || parts.tm_year <= 70)
    return 0;
  return (static_cast<std::int64_t>(timegm(&parts)) - india_offset_s) * 1'000;
}

std::string india_time(std::int64_t unix_ms) {
  const std::time_t at = unix_ms / 1'000 + india_offset_s;
  std::tm parts{};
  gmtime_r(&at, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return {text.data(), size};
}

std::string e164(std::string_view number) {
  return parse_phone(number, "IN").number.str();
}

} // namespace caly::exotel
