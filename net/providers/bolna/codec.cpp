#include "net/providers/bolna/codec.hpp"

#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace caly::bolna {

namespace {

constexpr std::size_t turns_max = 1000;
constexpr json_limits body_limits{512 * 1024, 32, 20'000, 32, 3};

struct status_word {
  std::string_view theirs;
  std::string_view ours;
  bool terminal;
};

constexpr std::string_view disconnected = "call-disconnected";

/// `call-disconnected` is not final: duration, cost and transcript come with `completed`.
constexpr std::array<status_word, 15> words{{
    {"scheduled", "queued", false},
    {"queued", "queued", false},
    {"rescheduled", "queued", false},
    {"initiated", "dialing", false},
    {"ringing", "ringing", false},
    {"in-progress", "in_progress", false},
    {disconnected, "in_progress", false},
    {"completed", "completed", true},
    {"busy", "busy", true},
    {"no-answer", "no_answer", true},
    {"failed", "failed", true},
    {"error", "failed", true},
    {"balance-low", "failed", true},
    {"canceled", "canceled", true},
    {"stopped", "canceled", true},
}};

/// `completed` is also said of calls that nobody took.
std::string_view settle(std::string_view status, std::string_view reason, bool talked) {
  if (status != "completed" || talked)
    return status;
  if (reason == "Call recipient was busy")
    return "busy";
  if (reason == "Call unanswered" || reason == "Call timed out" ||
      reason == "Call recipient rejected")
    return "no_answer";
  return status;
}

/// Seconds as a number or as text; fractions count as whole seconds.
std::optional<std::int32_t> seconds_of(const json& value) {
  auto number = value.as_double();
  if (!number && value.is_string()) {
    const auto parsed = json::parse(value.text_or(""));
    number = parsed ? parsed->as_double() : std::nullopt;
  }
  if (!number || *number < 0 || *number > 86'400)
    return std::nullopt;
  return static_cast<std::int32_t>(std::ceil(*number));
}

/// Our ids come back among the variables of the call, sometimes a level deeper.
std::optional<call_reference> reference_of(const json& variables, int depth = 0) {
  const auto call = call_id::parse(variables["caly_call_id"].text_or(""));
  const auto tenant = tenant_id::parse(variables["caly_tenant_id"].text_or(""));
  if (call && tenant)
    return call_reference{*tenant, *call};
  if (depth == 2)
    return std::nullopt;
  for (const auto& [name, value] : variables.members())
    if (value.is_object())
      if (auto found = reference_of(value, depth + 1))
        return found;
  return std::nullopt;
}

std::optional<execution> from_object(const json& x) {
  execution found;
  found.id = x["id"].text_or(x["execution_id"].text_or(""));
  if (found.id.empty() || found.id.size() > 64)
    return std::nullopt;
  const auto& telephony = x["telephony_data"];
  found.about = reference_of(x["context_details"]);
  if (!found.about)
    found.about = reference_of(x["user_data"]);
  found.duration_s = seconds_of(x["conversation_duration"]);
  if (!found.duration_s)
    found.duration_s = seconds_of(x["conversation_time"]);
  const auto talked = found.duration_s.value_or(0) > 0;
  found.event = x["status"].text_or("");
  found.hung_up = found.event == disconnected;
  for (const auto& word : words)
    if (word.theirs == found.event) {
      found.terminal = word.terminal;
      found.status = settle(word.ours, telephony["hangup_reason"].text_or(""), talked);
    }
  // The line was used longer than they talked.
  const auto line = seconds_of(telephony["duration"]).value_or(0);
  if (line > 0 && (talked || found.hung_up))
    found.duration_s = std::max(found.duration_s.value_or(0), line);
  if (!found.terminal && found.duration_s == 0)
    found.duration_s.reset();
  if (x["answered_by_voice_mail"].bool_or(false))
    found.answered_by = "machine";
  found.transcript = x["transcript"].text_or("");
  found.to = telephony["to_number"].text_or(x["recipient_phone_number"].text_or(""));
  if (const auto at = parse_rfc3339(x["created_at"].text_or("")))
    found.created_at_ms = to_unix_ms(*at);
  if (const auto at = parse_rfc3339(x["updated_at"].text_or("")))
    found.updated_at_ms = to_unix_ms(*at);
  return found;
}

std::string message_of(const json& body) {
  for (const auto* name : {"message", "detail", "error"}) {
    const auto& said = body[name];
    if (said.is_string())
      return std::string{said.text_or("")}.substr(0, 200);
    if (!said.is_null())
      return said.dump().substr(0, 200);
  }
  return {};
}

} // namespace

std::string
create_body(const place_call& call, std::string_view agent_id, std::string_view from) {
  json_writer out;
  out.begin_object().field("agent_id", agent_id);
  out.field("recipient_phone_number", call.to);
  if (!from.empty())
    out.field("from_phone_number", from);
  out.key("user_data").begin_object();
  if (const auto variables = json::parse(call.variables); variables)
    for (const auto& [name, value] : variables->members())
      if (!name.starts_with("caly_"))
        out.field(name, value);
  out.field("caly_call_id", call.call.str()).field("caly_tenant_id", call.tenant.str());
  out.end_object();
  out.key("retry_config").begin_object().field("enabled", false).end_object();
  return std::move(out.end_object()).str();
}

placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s) {
  const auto object = json::parse(body);
  const auto said = object ? message_of(*object) : std::string{};
  placed_call answer;
  if (status >= 200 && status < 300) {
    if (object)
      answer.provider_call_id = (*object)["execution_id"].text_or("");
    answer.result =
        answer.provider_call_id.empty() ? create_result::unknown : create_result::placed;
  } else if (status == 429) {
    answer.result = create_result::throttled;
    answer.reason = "throttled";
    answer.retry_after_s = std::max(1, retry_after_s);
  } else if (status >= 400 && status < 500 && status != 408) {
    answer.result = create_result::refused;
    answer.reason = "bolna " + std::to_string(status) + " " + said;
  } else {
    answer.reason = "HTTP " + std::to_string(status);
  }
  return answer;
}

std::optional<execution> read_execution(std::string_view body) {
  const auto object = json::parse(body, body_limits);
  if (!object || !object->is_object())
    return std::nullopt;
  return from_object(*object);
}

execution as_ended(execution x) {
  if (x.hung_up) {
    x.status = "completed";
    x.terminal = true;
  }
  return x;
}

looked_up_call as_looked_up(const execution& told) {
  auto x = told.hung_up && told.duration_s ? as_ended(told) : told;
  if (x.hung_up && !x.terminal)
    x.status = "ringing";
  looked_up_call found;
  found.found = !x.status.empty();
  found.provider_call_id = x.id;
  found.status = x.status;
  found.duration_s = x.terminal ? x.duration_s : std::nullopt;
  found.answered_by = x.answered_by;
  if (x.status == "in_progress")
    found.at_ms = x.updated_at_ms;
  found.words_pending = !told.terminal;
  if (told.terminal)
    found.turns = turns_of(told);
  return found;
}

record_progress as_progress(const execution& x, std::int64_t now_ms) {
  record_progress event;
  event.tenant = x.about->tenant;
  event.call = x.about->call;
  event.key = "bolna:" + x.event;
  event.provider_call_id = x.id;
  event.status = x.status;
  event.duration_s = x.terminal ? x.duration_s : std::nullopt;
  event.answered_by = x.answered_by;
  // The talk is measured between Bolna's own times, however late they are heard of.
  const bool measured = x.hung_up || x.status == "in_progress";
  event.at_ms =
      measured && x.updated_at_ms > 0 ? std::min(x.updated_at_ms, now_ms) : now_ms;
  return event;
}

looked_up_call find_in_list(std::string_view body, const doubtful_call& wanted) {
  const auto list = json::parse(body, {1 << 20, 32, 50'000, 32, 3});
  if (!list)
    return {};
  std::optional<execution> best;
  for (const auto& row : (*list)["data"].items()) {
    auto each = from_object(row);
    if (!each || each->status.empty())
      continue;
    if (each->about) {
      // It says whose it is; nothing can be closer.
      if (each->about->call == wanted.id)
        return as_looked_up(*each);
      continue;
    }
    // Rows of a list may be cut short; then the number and the time must do.
    if (each->to != wanted.to || each->created_at_ms + 2000 < wanted.sending_at_ms)
      continue;
    if (!best || each->created_at_ms < best->created_at_ms)
      best = std::move(each);
  }
  return best ? as_looked_up(*best) : looked_up_call{};
}

std::vector<transcript_turn> turns_of(const execution& x) {
  std::vector<transcript_turn> turns;
  for (const auto raw : split(x.transcript, '\n')) {
    const auto line = trim(raw);
    const auto agent = line.starts_with("assistant:");
    if (!agent && !line.starts_with("user:")) {
      // A line break within what was said.
      if (!line.empty() && !turns.empty())
        turns.back().text.append(" ").append(line);
      continue;
    }
    const auto text = trim(line.substr(line.find(':') + 1));
    if (text.empty())
      continue;
    if (turns.size() == turns_max)
      break;
    transcript_turn turn;
    turn.seq = static_cast<std::int32_t>(turns.size()) + 1;
    turn.role = agent ? "agent" : "caller";
    turn.text = text;
    turn.at_ms = std::max(x.updated_at_ms, x.created_at_ms);
    turns.push_back(std::move(turn));
  }
  return turns;
}

} // namespace caly::bolna
