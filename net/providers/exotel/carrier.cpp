#include "net/providers/exotel/carrier.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace caly::exotel {

namespace {

using self_t = self_ptr<carrier_actor, carrier_state>;

http_call
request(const carrier_options& options, std::string method, const std::string& path) {
  http_call call;
  call.method = std::move(method);
  call.url = options.base_url + "/v1/Accounts/" + options.account_sid + path;
  call.user = options.api_key;
  call.password = options.api_token;
  return call;
}

http_call create_request(const carrier_options& options, place_call ask) {
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
  call.body = write_form(create_fields(ask, order));
  return call;
}

caf::result<placed_call> place(self_t self,
                               const carrier_options& options,
                               const http_requests_actor& http,
                               const place_call& ask) {
  return send_create(
      self, http, as_create(create_request(options, ask), options, ask), read_create);
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
  return ask_api<looked_up_call>(
      self,
      http,
      std::move(call),
      [by_id,
       wanted = ask.call,
       reference = write_reference(options.reference_secret, {ask.tenant, ask.call.id})](
          const http_answer& answer) {
        return read_look_up(answer, by_id, [&](const std::string& body) {
          if (!by_id)
            return find_in_list(body, wanted, reference);
          const auto told = read_call(body);
          return told ? as_looked_up(*told) : looked_up_call{};
        });
      });
}

caf::result<bool> hang_up(self_t self,
                          const carrier_options& options,
                          const http_requests_actor& http,
                          const hang_up_call& ask) {
  return ask_api<bool>(self,
                       http,
                       fetch_call(options, ask.provider_call_id),
                       [](const http_answer& answer) -> caf::expected<bool> {
                         if (has_status(answer, 404))
                           return true;
                         if (!has_status(answer, 200))
                           return trouble(answer);
                         const auto told = read_call(answer.body);
                         if (told && told->terminal)
                           return true;
                         return caf::make_error(
                             errc::unavailable,
                             "Exotel ends calls only with their media socket");
                       });
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
      [=](const get_status&) { return report_of(self->state); },
  };
}

} // namespace caly::exotel
