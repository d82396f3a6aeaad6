#include "tests/simulators/admin/admin.hpp"

#include "runtime/base/json.hpp"
#include "tests/simulators/base/call_board.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/base/scheduler.hpp"
#include "tests/simulators/exotel/exotel_rest.hpp"
#include "tests/simulators/http/webhook_sender.hpp"
#include "tests/simulators/twilio/twilio_rest.hpp"

namespace caly::sim {

namespace {

http_response refusal(int status, std::string_view message) {
  json_writer out;
  out.begin_object().field("error", message).end_object();
  return json_response(status, std::move(out).str());
}

} // namespace

void admin::serve(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  const auto is = [&](std::string_view method, std::string_view path) {
    return request.method == method && request.path == path;
  };
  if (is("POST", "/faults"))
    return exchange->reply(set_faults(request));
  if (is("DELETE", "/faults"))
    world_.faults.clear();
  if (is("DELETE", "/faults") || is("GET", "/faults")) {
    json_writer out;
    world_.faults.describe(out);
    return exchange->reply(json_response(200, std::move(out).str()));
  }
  if (is("GET", "/state"))
    return exchange->reply(state());
  if (is("POST", "/inbound"))
    return exchange->reply(ring_in(request));
  if (is("POST", "/shutdown")) {
    exchange->reply(json_response(200, R"({"stopping":true})"));
    return shut_down_();
  }
  exchange->reply(refusal(404, "no such path"));
}

http_response admin::set_faults(const http_request& request) {
  const auto body = json::parse(request.body);
  if (!body)
    return refusal(400, "the body is not JSON");
  if (const auto problem = world_.faults.set(*body); !problem.empty())
    return refusal(400, problem);
  json_writer out;
  world_.faults.describe(out);
  return json_response(200, std::move(out).str());
}

http_response admin::state() const {
  json_writer out;
  out.begin_object()
      .field("t", monotonic_seconds())
      .field("seed", world_.options.seed)
      .field("speed", world_.options.speed)
      .field("webhooks_sent_total", world_.webhooks.sent_total());
  out.key("calls");
  world_.board.describe(out);
  out.key("faults");
  world_.faults.describe(out);
  return json_response(200, std::move(out.end_object()).str());
}

http_response admin::ring_in(const http_request& request) {
  const auto body = json::parse(request.body);
  if (!body)
    return refusal(400, "the body is not JSON");
  json_reader in{*body};
  const auto to = in.text("to", 64);
  const auto from = in.text("from", 64);
  const auto url = in.text("url", 2000);
  const auto fallback_url = in.text_or("fallback", "", 2000);
  const auto passthru_url = in.text_or("passthru", "", 2000);
  const auto status_url = in.text_or("status_callback", "", 2000);
  const auto provider = in.text_or("provider", "twilio", 32);
  in.refuse_unknown();
  if (!in.ok())
    return refusal(400, in.summary());
  json_writer out;
  out.begin_object()
      .field("call_id",
             provider == "exotel"
                 ? exotel_.ring_in(to, from, url, passthru_url, status_url)
                 : twilio_.ring_in(to, from, url, fallback_url, status_url))
      .end_object();
  return json_response(201, std::move(out).str());
}

} // namespace caly::sim
