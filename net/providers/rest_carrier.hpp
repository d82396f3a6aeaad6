#pragma once

#include "actors/api/carrier.hpp"
#include "net/client/http_requests.hpp"
#include "net/client/still_sending.hpp"
#include "runtime/base/error.hpp"
#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <caf/typed_response_promise.hpp>

#include <string_view>
#include <variant>

namespace caly {

/// What a carrier behind the REST API of an account counts and minds.
struct rest_carrier_state {
  std::uint64_t placed_total = 0;
  std::uint64_t refused_total = 0;
  std::uint64_t throttled_total = 0;
  std::uint64_t unknown_total = 0;
  std::uint64_t too_late_total = 0; ///< burnt fuses, and rows that were not ours any more
  std::uint64_t held_back_total = 0; ///< by the rate limit or the open circuit
  std::uint64_t lookups_total = 0;
  rate_limiter creates{rate{}};
  circuit_breaker breaker;
};

status_report report_of(const rest_carrier_state& state);

bool has_status(const http_answer& answer, int status);

/// An answer that is of no use, as `unavailable`.
caf::error trouble(const http_answer& answer);

/// What the answer to a hang-up means; a call that is over already counts as hung up.
caf::expected<bool> hung_up(const http_answer& answer,
                            bool (*ended_already)(int status, std::string_view body));

/// Makes `call` a create: it leaves within its fuse or never, on a connection of its own.
template <class Options>
http_call as_create(http_call call, const Options& options, std::int64_t not_after_ns) {
  call.deadline = options.create_timeout;
  call.fresh_connection = true;
  call.not_after = boot_clock::time_point{std::chrono::nanoseconds{not_after_ns}};
  return call;
}

/// The same for a call with a row, which is looked at right before the create leaves.
template <class Options>
http_call as_create(http_call call, const Options& options, const place_call& ask) {
  if (!ask.correlation_id.empty())
    call.headers.push_back("X-Correlation-Id: " + ask.correlation_id);
  if (options.look_again)
    call.still_wanted = options.look_again(ask.tenant, ask.call);
  return as_create(std::move(call), options, ask.not_after_ns);
}

/// What a vendor's answer to a create means. Never asked about anything else.
using create_reader = placed_call (*)(int status,
                                      std::string_view body,
                                      std::int32_t retry_after_s);

/// The meaning of what became of a create. Only what provably never left may be tried
/// again; what may have arrived is `unknown`.
placed_call meaning_of(const http_answer& answer, create_reader read);

/// Leave to send one create now, or the answer that none may be sent.
std::variant<circuit_breaker::permit, placed_call>
may_create(rest_carrier_state& state, circuit_breaker::time_point now);

/// Notes how a create went.
void created(rest_carrier_state& state,
             circuit_breaker::permit permit,
             circuit_breaker::time_point now,
             const http_answer& answer,
             create_result result);

/// Longer than the client takes to say that a deadline passed.
inline constexpr std::chrono::seconds answer_slack{3};

/// Sends a create once, if rate and circuit let it, and never again.
template <class Self>
caf::result<placed_call> send_create(Self self,
                                     const http_requests_actor& http,
                                     http_call call,
                                     create_reader read) {
  auto leave = may_create(self->state, self->clock().now());
  if (auto* held_back = std::get_if<placed_call>(&leave))
    return std::move(*held_back);
  auto promise = self->template make_response_promise<placed_call>();
  auto finish = [self, promise, read, permit = std::get<circuit_breaker::permit>(leave)](
                    const http_answer& answer) mutable {
    auto meaning = meaning_of(answer, read);
    created(self->state, permit, self->clock().now(), answer, meaning.result);
    promise.deliver(std::move(meaning));
  };
  self->request(http, call.deadline + answer_slack, std::move(call))
      .then(finish, [finish](const caf::error& err) mutable {
        http_answer none;
        none.problem = to_string(err);
        finish(none);
      });
  return promise;
}

/// Answers with what `mean` makes of the API's answer, an expected<T>.
template <class T, class Self, class Mean>
caf::result<T>
ask_api(Self self, const http_requests_actor& http, http_call call, Mean mean) {
  auto promise = self->template make_response_promise<T>();
  self->request(http, call.deadline + answer_slack, std::move(call))
      .then(
          [promise, mean](const http_answer& answer) mutable {
            caf::expected<T> meaning = mean(answer);
            if (meaning)
              promise.deliver(std::move(*meaning));
            else
              promise.deliver(std::move(meaning.error()));
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

/// What the answer to a look-up says; `read` makes it of a body. `found` false is the
/// vendor's own word: a call that was asked for by its id is not there.
template <class Read>
caf::expected<looked_up_call>
read_look_up(const http_answer& answer, bool by_id, Read read) {
  if (by_id && has_status(answer, 404))
    return looked_up_call{};
  if (!has_status(answer, 200))
    return trouble(answer);
  return read(answer.body);
}

} // namespace caly
