#include "net/providers/telnyx/carrier.hpp"

#include "net/providers/telnyx/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>

namespace caly::telnyx {

namespace {

using self_t = self_ptr<calling_actor, carrier_state>;
using namespace std::chrono_literals;

http_call request(const carrier_options& options, std::string method, std::string path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + "/v2/texml/Accounts/" + url_encode(options.account_sid) +
             "/Calls" + path;
  call.headers = {"Authorization: Bearer " + options.api_key};
  return call;
}

placed_call meaning_of(const http_answer& answer) {
  switch (answer.outcome) {
  case http_outcome::answered:
    return read_create(answer.status, answer.body, answer.retry_after_s);
  case http_outcome::never_sent:
    // Provably nothing happened there; the row may be tried again later.
    return {create_result::throttled, {}, "never_sent", 1};
  case http_outcome::too_late:
    // Nothing was sent, but somebody else may have given the call up by now.
  case http_outcome::unknown:
    break;
  }
  return {create_result::unknown, {}, answer.problem, 0};
}

void count(carrier_state& state, create_result result) {
  state.placed_total += result == create_result::placed ? 1 : 0;
  state.refused_total += result == create_result::refused ? 1 : 0;
  state.throttled_total += result == create_result::throttled ? 1 : 0;
  state.unknown_total += result == create_result::unknown ? 1 : 0;
}

placed_call held_back(carrier_state& state, std::string reason, std::int64_t wait_ms) {
  ++state.held_back_total;
  return {create_result::throttled,
          {},
          std::move(reason),
          static_cast<std::int32_t>(std::max<std::int64_t>(1, (wait_ms + 999) / 1000))};
}

/// Whether the account's API did its work, whatever it thought of the request.
bool is_well(const http_answer& answer) {
  return answer.outcome == http_outcome::answered && answer.status < 500;
}

http_call create_request(const carrier_options& options,
                         std::string body,
                         std::int64_t not_after_ns) {
  auto call = request(options, "POST", "");
  call.headers.push_back("Content-Type: application/json");
  call.body = std::move(body);
  call.deadline = options.create_timeout;
  call.fresh_connection = true;
  call.not_after = boot_clock::time_point{std::chrono::nanoseconds{not_after_ns}};
  return call;
}

/// Sends a create once, if rate and circuit let it, and never again.
caf::result<placed_call> send_create(self_t self,
                                     const carrier_options& options,
                                     const http_requests_actor& http,
                                     http_call call) {
  auto& state = self->state;
  const auto now = self->clock().now();
  if (const auto wait = state.creates.take(now); wait.count() > 0)
    return held_back(state,
                     "rate limit of the account",
                     std::chrono::duration_cast<std::chrono::milliseconds>(wait).count());
  const auto permit = state.breaker.begin(now);
  if (!permit)
    return held_back(state, "circuit open", state.breaker.wait(now).count());
  auto promise = self->make_response_promise<placed_call>();
  self->request(http, options.create_timeout + 3s, std::move(call))
      .then(
          [self, promise, permit = *permit](const http_answer& answer) mutable {
            self->state.breaker.end(permit, is_well(answer), self->clock().now());
            auto meaning = meaning_of(answer);
            count(self->state, meaning.result);
            promise.deliver(std::move(meaning));
          },
          [self, promise, permit = *permit](const caf::error& err) mutable {
            self->state.breaker.end(permit, false, self->clock().now());
            placed_call meaning{create_result::unknown, {}, to_string(err), 0};
            count(self->state, meaning.result);
            promise.deliver(std::move(meaning));
          });
  return promise;
}

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               const http_requests_actor& http,
                               const place_call& ask) {
  auto call = create_request(options,
                             create_body(ask, options.application_id, options.public_url),
                             ask.not_after_ns);
  if (!ask.correlation_id.empty())
    call.headers.push_back("X-Correlation-Id: " + ask.correlation_id);
  if (options.look_again)
    call.still_wanted = options.look_again(ask.tenant, ask.call);
  return send_create(self, options, http, std::move(call));
}

caf::result<placed_call> ring(self_t self,
                              const carrier_options& options,
                              const http_requests_actor& http,
                              const place_leg& ask) {
  return send_create(
      self,
      options,
      http,
      create_request(options,
                     leg_body(ask, options.application_id, options.public_url),
                     ask.not_after_ns));
}

caf::error trouble(const http_answer& answer) {
  if (answer.outcome == http_outcome::answered)
    return caf::make_error(errc::unavailable, "HTTP " + std::to_string(answer.status));
  return caf::make_error(errc::unavailable, answer.problem);
}

caf::result<looked_up_call> look_up(self_t self,
                                    const carrier_options& options,
                                    const http_requests_actor& http,
                                    const look_up_call& ask) {
  ++self->state.lookups_total;
  const auto by_id = !ask.call.provider_call_id.empty();
  auto call = request(options,
                      "GET",
                      by_id ? '/' + url_encode(ask.call.provider_call_id)
                            : "?To=" + url_encode(ask.call.to) +
                                  "&From=" + url_encode(ask.call.from) + "&PageSize=100");
  auto promise = self->make_response_promise<looked_up_call>();
  self->request(http, call.deadline + 3s, std::move(call))
      .then(
          [promise, by_id, wanted = ask.call](const http_answer& answer) mutable {
            if (answer.outcome == http_outcome::answered && answer.status == 404 && by_id)
              promise.deliver(looked_up_call{});
            else if (answer.outcome != http_outcome::answered || answer.status != 200)
              promise.deliver(trouble(answer));
            else if (by_id)
              promise.deliver(read_call(answer.body));
            else
              promise.deliver(find_in_list(answer.body, wanted));
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  auto call = request(options, "POST", '/' + url_encode(ask.provider_call_id));
  call.headers.push_back("Content-Type: application/x-www-form-urlencoded");
  call.body = "Status=completed";
  auto promise = self->make_response_promise<bool>();
  self->request(http, call.deadline + 3s, std::move(call))
      .then(
          [promise](const http_answer& answer) mutable {
            if (answer.outcome == http_outcome::answered &&
                (answer.status < 300 || ended_already(answer.status, answer.body)))
              promise.deliver(true);
            else
              promise.deliver(trouble(answer));
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

} // namespace

calling_actor::behavior_type
carrier(self_t self, carrier_options options, http_requests_actor http) {
  self->state.creates = rate_limiter{options.creates};
  self->state.breaker = circuit_breaker{options.breaker};
  return {
      [=](const place_call& ask) { return place(self, options, http, ask); },
      [=](const look_up_call& ask) { return look_up(self, options, http, ask); },
      [=](const hang_up_call& ask) { return hang_up(self, options, http, ask); },
      [=](const place_leg& ask) { return ring(self, options, http, ask); },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "placed_total", state.placed_total);
        caf::put(report, "refused_total", state.refused_total);
        caf::put(report, "throttled_total", state.throttled_total);
        caf::put(report, "unknown_total", state.unknown_total);
        caf::put(report, "held_back_total", state.held_back_total);
        caf::put(report, "lookups_total", state.lookups_total);
        caf::put(report, "circuit", to_string(state.breaker.current()));
        return report;
      },
  };
}

} // namespace caly::telnyx
