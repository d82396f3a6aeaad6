#include "net/providers/twilio/carrier.hpp"

#include "net/providers/twilio/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <ctime>

namespace caly::twilio {

namespace {

using self_t = self_ptr<calling_actor, carrier_state>;

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

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               const http_requests_actor& http,
                               const place_call& ask) {
  auto call = post(options, "/Calls.json", create_fields(ask, options.public_url));
  return send_create(self, http, as_create(std::move(call), options, ask), read_create);
}

caf::result<placed_call> ring(self_t self,
                              const carrier_options& options,
                              const http_requests_actor& http,
                              const place_leg& ask) {
  auto call = post(options, "/Calls.json", leg_fields(ask, options.public_url));
  return send_create(
      self, http, as_create(std::move(call), options, ask.not_after_ns), read_create);
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
  self->request(http, call.deadline + answer_slack, std::move(call))
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

caf::result<looked_up_call> look_up_by_id(self_t self,
                                          const carrier_options& options,
                                          const http_requests_actor& http,
                                          const std::string& sid) {
  return ask_api<looked_up_call>(
      self,
      http,
      request(options, "GET", "/Calls/" + url_encode(sid) + ".json"),
      [](const http_answer& answer) { return read_look_up(answer, true, read_call); });
}

caf::result<looked_up_call> look_up(self_t self,
                                    const carrier_options& options,
                                    const http_requests_actor& http,
                                    const look_up_call& ask) {
  ++self->state.lookups_total;
  if (!ask.call.provider_call_id.empty())
    return look_up_by_id(self, options, http, ask.call.provider_call_id);
  auto call = request(options, "GET", list_path(ask.call));
  auto promise = self->make_response_promise<looked_up_call>();
  self->request(http, call.deadline + answer_slack, std::move(call))
      .then(
          [=, wanted = ask.call](const http_answer& answer) mutable {
            if (has_status(answer, 200))
              pick(self,
                   options,
                   http,
                   wanted.id,
                   find_in_list(answer.body, wanted),
                   std::move(promise));
            else
              promise.deliver(trouble(answer));
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  return ask_api<bool>(
      self,
      http,
      post(options,
           "/Calls/" + url_encode(ask.provider_call_id) + ".json",
           {{"Status", "completed"}}),
      [](const http_answer& answer) { return hung_up(answer, ended_already); });
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
      [=](const get_status&) { return report_of(self->state); },
  };
}

calling_actor::behavior_type
carrier_on(self_t self, carrier_options options, std::shared_ptr<http_client> client) {
  auto http = spawn<http_requests_actor, http_requests_state>(
      self, actor_label{"http_requests", "twilio", ""}, http_requests, std::move(client));
  return carrier(self, std::move(options), std::move(http));
}

} // namespace caly::twilio
