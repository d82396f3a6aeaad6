#include "net/providers/twilio/carrier.hpp"

#include "net/providers/twilio/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <ctime>

namespace caly::twilio {

namespace {

using self_t = self_ptr<carrier_actor, carrier_state>;
using namespace std::chrono_literals;

http_call request(const carrier_options& options, std::string method, std::string path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + "/2010-04-01/Accounts/" + options.account_sid + path;
  call.user = options.account_sid;
  call.password = options.auth_token;
  return call;
}

http_call post(const carrier_options& options, std::string path, const form_fields& fields) {
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

/// Delivers from the client's thread; promises are thread-safe once they left the actor.
template <class T>
auto deliver_to(caf::typed_response_promise<T> promise) {
  return std::make_shared<caf::typed_response_promise<T>>(std::move(promise));
}

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               http_client& client,
                               const place_call& ask) {
  auto call = post(options, "/Calls.json", create_fields(ask, options.public_url));
  call.deadline = options.create_timeout;
  call.fresh_connection = true;
  call.not_after = std::chrono::steady_clock::time_point{
      std::chrono::duration_cast<std::chrono::steady_clock::duration>(
          std::chrono::nanoseconds{ask.not_after_ns})};
  auto promise = deliver_to(self->make_response_promise<placed_call>());
  client.submit(std::move(call), [promise, state = &self->state, keep = carrier_actor{self}](
                                     const http_answer& answer) {
    auto meaning = meaning_of(answer);
    count(*state, meaning.result);
    promise->deliver(std::move(meaning));
  });
  return *promise;
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
  return "/Calls.json?To=" + url_encode(call.to) + "&From=" + url_encode(call.from)
         + "&StartTime%3E=" + text + "&PageSize=100";
}

caf::result<looked_up_call> look_up(self_t self,
                                    const carrier_options& options,
                                    http_client& client,
                                    const look_up_call& ask) {
  ++self->state.lookups_total;
  const auto by_id = !ask.call.provider_call_id.empty();
  auto call = request(options,
                      "GET",
                      by_id ? "/Calls/" + url_encode(ask.call.provider_call_id) + ".json"
                            : list_path(ask.call));
  auto promise = deliver_to(self->make_response_promise<looked_up_call>());
  client.submit(std::move(call),
                [promise, by_id, wanted = ask.call](const http_answer& answer) {
                  if (answer.outcome == http_outcome::answered && answer.status == 404)
                    promise->deliver(looked_up_call{});
                  else if (answer.outcome != http_outcome::answered || answer.status != 200)
                    promise->deliver(trouble(answer));
                  else
                    promise->deliver(by_id ? read_call(answer.body)
                                           : find_in_list(answer.body, wanted));
                });
  return *promise;
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          http_client& client,
                          const hang_up_call& ask) {
  auto call = post(options,
                   "/Calls/" + url_encode(ask.provider_call_id) + ".json",
                   {{"Status", "completed"}});
  auto promise = deliver_to(self->make_response_promise<bool>());
  client.submit(std::move(call), [promise](const http_answer& answer) {
    // 404 and 400 say that the call had ended already.
    if (answer.outcome == http_outcome::answered
        && (answer.status < 300 || answer.status == 404 || answer.status == 400))
      promise->deliver(true);
    else
      promise->deliver(trouble(answer));
  });
  return *promise;
}

} // namespace

carrier_actor::behavior_type
carrier(self_t self, carrier_options options, std::shared_ptr<http_client> client) {
  return {
      [=](const place_call& ask) { return place(self, options, *client, ask); },
      [=](const look_up_call& ask) { return look_up(self, options, *client, ask); },
      [=](const hang_up_call& ask) { return hang_up(self, options, *client, ask); },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "placed_total", state.placed_total);
        caf::put(report, "refused_total", state.refused_total);
        caf::put(report, "throttled_total", state.throttled_total);
        caf::put(report, "unknown_total", state.unknown_total);
        caf::put(report, "lookups_total", state.lookups_total);
        return report;
      },
  };
}

} // namespace caly::twilio
