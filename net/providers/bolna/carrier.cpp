#include "net/providers/bolna/carrier.hpp"

#include "net/providers/bolna/codec.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace caly::bolna {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<carrier_actor, carrier_state>;

http_call
request(const carrier_options& options, std::string method, const std::string& path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + path;
  call.headers = {"Authorization: Bearer " + options.api_key};
  return call;
}

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               const http_requests_actor& http,
                               const place_call& ask) {
  auto call = request(options, "POST", "/call");
  call.headers.emplace_back("Content-Type: application/json");
  call.body = create_body(
      ask, options.agent_id, ask.from.empty() ? options.from_number : ask.from);
  return send_create(self, http, as_create(std::move(call), options, ask), read_create);
}

/// The day before and the day after: their windows are days of another zone.
std::string list_path(const carrier_options& options, const doubtful_call& call) {
  const auto sent = wall_time{std::chrono::milliseconds{call.sending_at_ms}};
  return "/v2/agent/" + url_encode(options.agent_id) +
         "/executions?page_size=50&from=" + url_encode(to_rfc3339(sent - 24h)) +
         "&to=" + url_encode(to_rfc3339(sent + 24h));
}

caf::result<looked_up_call> look_up(self_t self,
                                    const carrier_options& options,
                                    const http_requests_actor& http,
                                    const look_up_call& ask) {
  ++self->state.lookups_total;
  const auto by_id = !ask.call.provider_call_id.empty();
  auto call = by_id ? fetch_execution(options, ask.call.provider_call_id)
                    : request(options, "GET", list_path(options, ask.call));
  return ask_api<looked_up_call>(
      self, http, std::move(call), [by_id, wanted = ask.call](const http_answer& answer) {
        return read_look_up(answer, by_id, [&](const std::string& body) {
          if (!by_id)
            return find_in_list(body, wanted);
          const auto found = read_execution(body);
          return found ? as_looked_up(*found) : looked_up_call{};
        });
      });
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  return ask_api<bool>(
      self,
      http,
      request(options, "POST", "/call/" + url_encode(ask.provider_call_id) + "/stop"),
      [](const http_answer& answer) -> caf::expected<bool> {
        // Only waiting calls can be stopped; 404 says that it is over.
        if (answer.outcome == http_outcome::answered &&
            (answer.status < 300 || answer.status == 404))
          return true;
        return trouble(answer);
      });
}

} // namespace

http_call fetch_execution(const carrier_options& options, std::string_view id) {
  return request(options, "GET", "/executions/" + url_encode(id));
}

carrier_actor::behavior_type
carrier(self_t self, carrier_options options, http_requests_actor http) {
  self->state.creates = rate_limiter{options.creates};
  self->state.breaker = circuit_breaker{options.breaker};
  return {
      [=](const place_call& ask) { return place(self, options, http, ask); },
      [=](const look_up_call& ask) { return look_up(self, options, http, ask); },
      [=](const hang_up_call& ask) { return hang_up(self, options, http, ask); },
      [=](const get_status&) { return report_of(self->state); },
  };
}

carrier_actor::behavior_type
carrier_on(self_t self, carrier_options options, std::shared_ptr<http_client> client) {
  auto http = spawn<http_requests_actor, http_requests_state>(
      self, actor_label{"http_requests", "bolna", ""}, http_requests, std::move(client));
  return carrier(self, std::move(options), std::move(http));
}

} // namespace caly::bolna
