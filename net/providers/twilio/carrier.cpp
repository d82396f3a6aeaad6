#include "net/providers/twilio/carrier.hpp"

#include "net/providers/twilio/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <ctime>

namespace caly::twilio {

namespace {

using self_t = self_ptr<calling_actor, carrier_state>;
using namespace std::chrono_literals;

http_call request(const carrier_options& options, std::string method, std::string path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + "/2010-04-01/Accounts/" + options.account_sid + path;
  call.user = options.account_sid;
  call.password = options.auth_token;
  return call;
}

http_call
post(const carrier_options& options, std::string path, const form_fields& fields) {
  auto call = request(options, "POST", std::move(path));
  call.headers.push_back("Content-Type: application/x-www-form-urlencoded");
  call.body = write_form(fields);
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
  switch (result) {
  case create_result::placed:
    ++state.placed_total;
    break;
  case create_result::refused:
    ++state.refused_total;
    break;
  case create_result::throttled:
    ++state.throttled_total;
    break;
  case create_result::unknown:
    ++state.unknown_total;
    break;
  }
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
  call.deadline = options.create_timeout;
  call.fresh_connection = true;
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
  auto call = post(options, "/Calls.json", create_fields(ask, options.public_url));
  if (!ask.correlation_id.empty())
    call.headers.push_back("X-Correlation-Id: " + ask.correlation_id);
  call.not_after = boot_clock::time_point{std::chrono::nanoseconds{ask.not_after_ns}};
  if (options.look_again)
    call.still_wanted = options.look_again(ask.tenant, ask.call);
  return send_create(self, options, http, std::move(call));
}

caf::result<placed_call> ring(self_t self,
                              const carrier_options& options,
                              const http_requests_actor& http,
                              const place_leg& ask) {
  auto call = post(options, "/Calls.json", leg_fields(ask, options.public_url));
  call.not_after = boot_clock::time_point{std::chrono::nanoseconds{ask.not_after_ns}};
  return send_create(self, options, http, std::move(call));
}

caf::error trouble(const http_answer& answer) {
  if (answer.outcome == http_outcome::answered)
    return caf::make_error(errc::unavailable, "HTTP " + std::to_string(answer.status));
  return caf::make_error(errc::unavailable, answer.problem);
}

std::string list_path(const doubtful_call& call) {
  // One day earlier: the filter knows days only, in the account's eyes UTC.
  const std::time_t since = call.sending_at_ms / 1000 - 86'400;
  std::tm day{};
  gmtime_r(&since, &day);
  char text[16];
  std::strftime(text, sizeof(text), "%Y-%m-%d", &day);
  return "/Calls.json?To=" + url_encode(call.to) + "&From=" + url_encode(call.from) +
         "&StartTime%3E=" + text + "&PageSize=100";
}

using look_up_promise = caf::typed_response_promise<looked_up_call>;

/// Delivers the first of the calls that may be meant and is nobody else's. The list does
/// not tell whose a call is; what Twilio asked us about it does.
void pick(self_t self,
          const carrier_options& options,
          const http_requests_actor& http,
          const call_id& wanted,
          std::vector<looked_up_call> left,
          look_up_promise promise) {
  if (left.empty()) {
    promise.deliver(looked_up_call{});
    return;
  }
  auto call =
      request(options,
              "GET",
              "/Calls/" + url_encode(left.front().provider_call_id) + "/Events.json");
  self->request(http, call.deadline + 3s, std::move(call))
      .then(
          [=](const http_answer& answer) mutable {
            const bool told = answer.outcome == http_outcome::answered;
            const auto owner =
                told && answer.status == 200 ? call_of_events(answer.body) : std::nullopt;
            if (!told || answer.status >= 500) {
              promise.deliver(trouble(answer));
            } else if (!owner || *owner == wanted) {
              promise.deliver(std::move(left.front()));
            } else {
              left.erase(left.begin());
              pick(self, options, http, wanted, std::move(left), std::move(promise));
            }
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
}

caf::result<looked_up_call> look_up(self_t self,
                                    const carrier_options& options,
                                    const http_requests_actor& http,
                                    const look_up_call& ask) {
  ++self->state.lookups_total;
  const auto by_id = !ask.call.provider_call_id.empty();
  auto call = request(options,
                      "GET",
                      by_id ? "/Calls/" + url_encode(ask.call.provider_call_id) + ".json"
                            : list_path(ask.call));
  auto promise = self->make_response_promise<looked_up_call>();
  self->request(http, call.deadline + 3s, std::move(call))
      .then(
          [=, wanted = ask.call](const http_answer& answer) mutable {
            if (answer.outcome == http_outcome::answered && answer.status == 404 && by_id)
              promise.deliver(looked_up_call{});
            else if (answer.outcome != http_outcome::answered || answer.status != 200)
              promise.deliver(trouble(answer));
            else if (by_id)
              promise.deliver(read_call(answer.body));
            else
              pick(self,
                   options,
                   http,
                   wanted.id,
                   find_in_list(answer.body, wanted),
                   std::move(promise));
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  auto call = post(options,
                   "/Calls/" + url_encode(ask.provider_call_id) + ".json",
                   {{"Status", "completed"}});
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

calling_actor::behavior_type
carrier_on(self_t self, carrier_options options, std::shared_ptr<http_client> client) {
  auto http = spawn<http_requests_actor, http_requests_state>(
      self, actor_label{"http_requests", "twilio", ""}, http_requests, std::move(client));
  return carrier(self, std::move(options), std::move(http));
}

} // namespace caly::twilio
