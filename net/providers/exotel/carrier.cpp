#include "net/providers/exotel/carrier.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>

namespace caly::exotel {

namespace {

using self_t = self_ptr<carrier_actor, carrier_state>;
using namespace std::chrono_literals;

http_call
request(const carrier_options& options, std::string method, const std::string& path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + "/v1/Accounts/" + options.account_sid + path;
  call.user = options.api_key;
  call.password = options.api_token;
  return call;
}

placed_call held_back(carrier_state& state, std::string reason, std::int64_t wait_ms) {
  ++state.held_back_total;
  return {create_result::throttled,
          {},
          std::move(reason),
          static_cast<std::int32_t>(std::max<std::int64_t>(1, (wait_ms + 999) / 1000))};
}

placed_call meaning_of(const http_answer& answer) {
  switch (answer.outcome) {
  case http_outcome::answered:
    return read_create(answer.status, answer.body, answer.retry_after_s);
  case http_outcome::never_sent:
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

caf::error trouble(const http_answer& answer) {
  if (answer.outcome == http_outcome::answered)
    return caf::make_error(errc::unavailable, "HTTP " + std::to_string(answer.status));
  return caf::make_error(errc::unavailable, answer.problem);
}

http_call create_of(const carrier_options& options, place_call ask) {
  const call_reference about{ask.tenant, ask.call};
  create_order order;
  order.custom_field = write_reference(options.reference_secret, about);
  order.stream_url = options.stream_url(about);
  // Not every callback brings CustomField back.
  order.callback_url = options.callback_url + "?ref=" + url_encode(order.custom_field);
  if (ask.from.empty())
    ask.from = options.from_number;
  auto call = request(options, "POST", "/Calls/connect.json");
  call.headers = {"Content-Type: application/x-www-form-urlencoded"};
  if (!ask.correlation_id.empty())
    call.headers.push_back("X-Correlation-Id: " + ask.correlation_id);
  call.body = write_form(create_fields(ask, order));
  call.deadline = options.create_timeout;
  call.fresh_connection = true;
  call.not_after = boot_clock::time_point{std::chrono::nanoseconds{ask.not_after_ns}};
  if (options.look_again)
    call.still_wanted = options.look_again(ask.tenant, ask.call);
  return call;
}

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               const http_requests_actor& http,
                               const place_call& ask) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  auto& state = self->state;
  const auto now = self->clock().now();
  if (const auto wait = state.creates.take(now); wait.count() > 0)
    return held_back(
        state, "rate limit of the account", duration_cast<milliseconds>(wait).count());
  const auto permit = state.breaker.begin(now);
  if (!permit)
    return held_back(state, "circuit open", state.breaker.wait(now).count());
  auto promise = self->make_response_promise<placed_call>();
  const auto finish = [self, permit = *permit](bool well, create_result result) {
    self->state.breaker.end(permit, well, self->clock().now());
    count(self->state, result);
  };
  self->request(http, options.create_timeout + 3s, create_of(options, ask))
      .then(
          [promise, finish](const http_answer& answer) mutable {
            auto meaning = meaning_of(answer);
            finish(answer.outcome == http_outcome::answered && answer.status < 500,
                   meaning.result);
            promise.deliver(std::move(meaning));
          },
          [promise, finish](const caf::error& err) mutable {
            finish(false, create_result::unknown);
            promise.deliver(placed_call{create_result::unknown, {}, to_string(err), 0});
          });
  return promise;
}

std::string list_path(const doubtful_call& call) {
  constexpr std::int64_t before_ms = 5 * 60'000;
  constexpr std::int64_t after_ms = 86'400'000;
  return "/Calls.json?From=" + url_encode(call.to) + "&DateCreated=" +
         url_encode("gte:" + india_time(call.sending_at_ms - before_ms) +
                    ";lte:" + india_time(call.sending_at_ms + after_ms)) +
         "&PageSize=100";
}

caf::result<looked_up_call> look_up(self_t self,
                                    const carrier_options& options,
                                    const http_requests_actor& http,
                                    const look_up_call& ask) {
  ++self->state.lookups_total;
  const auto by_id = !ask.call.provider_call_id.empty();
  auto call = by_id ? fetch_call(options, ask.call.provider_call_id)
                    : request(options, "GET", list_path(ask.call));
  const auto reference =
      write_reference(options.reference_secret, {ask.tenant, ask.call.id});
  auto promise = self->make_response_promise<looked_up_call>();
  self->request(http, call.deadline + 3s, std::move(call))
      .then(
          [promise, by_id, reference, wanted = ask.call](
              const http_answer& answer) mutable {
            if (answer.outcome == http_outcome::answered && answer.status == 404 && by_id)
              return void(promise.deliver(looked_up_call{}));
            if (answer.outcome != http_outcome::answered || answer.status != 200)
              return void(promise.deliver(trouble(answer)));
            if (!by_id)
              return void(promise.deliver(find_in_list(answer.body, wanted, reference)));
            const auto told = read_call(answer.body);
            promise.deliver(told ? as_looked_up(*told) : looked_up_call{});
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  auto call = fetch_call(options, ask.provider_call_id);
  auto promise = self->make_response_promise<bool>();
  self->request(http, call.deadline + 3s, std::move(call))
      .then(
          [promise](const http_answer& answer) mutable {
            if (answer.outcome != http_outcome::answered ||
                (answer.status != 200 && answer.status != 404))
              return void(promise.deliver(trouble(answer)));
            const auto told = read_call(answer.body);
            if (answer.status == 404 || (told && told->terminal))
              promise.deliver(true);
            else
              promise.deliver(caf::make_error(
                  errc::unavailable, "Exotel ends calls only with their media socket"));
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

} // namespace

http_call fetch_call(const carrier_options& options, std::string_view sid) {
  return request(options, "GET", "/Calls/" + url_encode(sid) + ".json?details=true");
}

carrier_actor::behavior_type
carrier(self_t self, carrier_options options, http_requests_actor http) {
  self->state.creates = rate_limiter{options.creates};
  self->state.breaker = circuit_breaker{options.breaker};
  return {
      [=](const place_call& ask) { return place(self, options, http, ask); },
      [=](const look_up_call& ask) { return look_up(self, options, http, ask); },
      [=](const hang_up_call& ask) { return hang_up(self, options, http, ask); },
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

} // namespace caly::exotel
