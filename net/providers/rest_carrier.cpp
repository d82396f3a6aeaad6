#include "net/providers/rest_carrier.hpp"

#include <algorithm>

namespace caly {

namespace {

placed_call held_back(rest_carrier_state& state,
                      std::string reason,
                      circuit_breaker::time_point::duration wait) {
  ++state.held_back_total;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
  return {create_result::throttled,
          {},
          std::move(reason),
          static_cast<std::int32_t>(std::max<std::int64_t>(1, seconds))};
}

} // namespace

status_report report_of(const rest_carrier_state& state) {
  status_report report;
  caf::put(report, "placed_total", state.placed_total);
  caf::put(report, "refused_total", state.refused_total);
  caf::put(report, "throttled_total", state.throttled_total);
  caf::put(report, "unknown_total", state.unknown_total);
  caf::put(report, "too_late_total", state.too_late_total);
  caf::put(report, "held_back_total", state.held_back_total);
  caf::put(report, "lookups_total", state.lookups_total);
  caf::put(report, "circuit", to_string(state.breaker.current()));
  return report;
}

bool has_status(const http_answer& answer, int status) {
  return answer.outcome == http_outcome::answered && answer.status == status;
}

caf::error trouble(const http_answer& answer) {
  if (answer.outcome == http_outcome::answered)
    return caf::make_error(errc::unavailable, "HTTP " + std::to_string(answer.status));
  return caf::make_error(errc::unavailable, answer.problem);
}

caf::expected<bool> hung_up(const http_answer& answer,
                            bool (*ended_already)(int status, std::string_view body)) {
  if (answer.outcome == http_outcome::answered &&
      (answer.status < 300 || ended_already(answer.status, answer.body)))
    return true;
  return trouble(answer);
}

placed_call meaning_of(const http_answer& answer, create_reader read) {
  switch (answer.outcome) {
  case http_outcome::answered:
    return read(answer.status, answer.body, answer.retry_after_s);
  case http_outcome::never_sent:
    return {create_result::throttled, {}, "never_sent", 1};
  case http_outcome::too_late:
    return {create_result::throttled, {}, answer.problem, 1};
  case http_outcome::unknown:
    break;
  }
  return {create_result::unknown, {}, answer.problem, 0};
}

std::variant<circuit_breaker::permit, placed_call>
may_create(rest_carrier_state& state, circuit_breaker::time_point now) {
  if (const auto wait = state.creates.take(now); wait.count() > 0)
    return held_back(state, "rate limit of the account", wait);
  if (const auto permit = state.breaker.begin(now))
    return *permit;
  return held_back(state, "circuit open", state.breaker.wait(now));
}

void created(rest_carrier_state& state,
             circuit_breaker::permit permit,
             circuit_breaker::time_point now,
             const http_answer& answer,
             create_result result) {
  // The account's API is well when it did its work, whatever it thought of the request.
  if (answer.outcome == http_outcome::too_late)
    state.breaker.withdraw(permit, now);
  else
    state.breaker.end(
        permit, answer.outcome == http_outcome::answered && answer.status < 500, now);
  state.placed_total += result == create_result::placed ? 1 : 0;
  state.refused_total += result == create_result::refused ? 1 : 0;
  state.throttled_total += result == create_result::throttled ? 1 : 0;
  state.unknown_total += result == create_result::unknown ? 1 : 0;
  state.too_late_total += answer.outcome == http_outcome::too_late ? 1 : 0;
}

} // namespace caly
