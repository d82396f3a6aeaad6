#include "net/providers/telnyx/carrier.hpp"

#include "net/providers/telnyx/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace caly::telnyx {

namespace {

using self_t = self_ptr<calling_actor, carrier_state>;

http_call request(const carrier_options& options, std::string method, std::string path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + "/v2/texml/Accounts/" + url_encode(options.account_sid) +
             "/Calls" + path;
  call.headers = {"Authorization: Bearer " + options.api_key};
  return call;
}

http_call create_request(const carrier_options& options, std::string body) {
  auto call = request(options, "POST", "");
  call.headers.push_back("Content-Type: application/json");
  call.body = std::move(body);
  return call;
}

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               const http_requests_actor& http,
                               const place_call& ask) {
  auto call = create_request(
      options, create_body(ask, options.application_id, options.public_url));
  return send_create(self, http, as_create(std::move(call), options, ask), read_create);
}

caf::result<placed_call> ring(self_t self,
                              const carrier_options& options,
                              const http_requests_actor& http,
                              const place_leg& ask) {
  auto call =
      create_request(options, leg_body(ask, options.application_id, options.public_url));
  return send_create(
      self, http, as_create(std::move(call), options, ask.not_after_ns), read_create);
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
  return ask_api<looked_up_call>(
      self, http, std::move(call), [by_id, wanted = ask.call](const http_answer& answer) {
        return read_look_up(answer, by_id, [&](const std::string& body) {
          return by_id ? read_call(body) : find_in_list(body, wanted);
        });
      });
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  auto call = request(options, "POST", '/' + url_encode(ask.provider_call_id));
  call.headers.push_back("Content-Type: application/x-www-form-urlencoded");
  call.body = "Status=completed";
  return ask_api<bool>(self, http, std::move(call), [](const http_answer& answer) {
    return hung_up(answer, ended_already);
  });
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

} // namespace caly::telnyx
