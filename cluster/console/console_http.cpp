#include "cluster/console/console_http.hpp"

#include "net/http/answers.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/console/protocol.hpp"
#include "runtime/console/session.hpp"
#include "runtime/resilience/rate_limiter.hpp"

#include <boost/asio/ip/address.hpp>
#include <caf/actor_cast.hpp>
#include <spdlog/spdlog.h>

#include <mutex>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto answer_timeout = 9s; // below net.request_timeout, which cuts off
constexpr std::size_t user_bytes_max = 64;
constexpr std::size_t reason_bytes_min = 3;
constexpr std::size_t reason_bytes_max = 200;

/// What all requests of a node share.
struct console_route {
  actor_gateways& gateways;
  console_actor door;
  const console_http_options options;
  std::mutex mutex;
  rate_limiter requests;
};

using route_ptr = std::shared_ptr<console_route>;

void answer(const request_ptr& request, unsigned status, std::string line) {
  http_response response;
  response.status = status;
  response.body = std::move(line) + '\n';
  response.with("Cache-Control", "no-store");
  if (status == 401)
    response.with("WWW-Authenticate", "Bearer realm=\"caly console\"");
  request->respond(std::move(response));
}

/// Answers with a failure of the protocol.
void refuse(const request_ptr& request, const caf::error& reason, const char* hint) {
  answer(request,
         face_of(reason).status,
         console_failure("null", console_level::observe, reason, hint));
}

/// Nothing when the client may go on.
caf::error check_client(console_route& route, const http_request& request) {
  if (route.options.loopback_only && !is_loopback(request.remote_ip))
    return caf::make_error(errc::forbidden,
                           "the console is for clients on this machine only");
  {
    // Before the token, so that it cannot be guessed fast.
    const std::lock_guard lock{route.mutex};
    if (route.requests.take(std::chrono::steady_clock::now()).count() > 0)
      return caf::make_error(errc::rate_limited, "too many requests a second");
  }
  constexpr std::string_view scheme = "Bearer ";
  const auto header = request.header("Authorization");
  if (header.empty())
    return caf::make_error(errc::unauthorized, "no token");
  if (!header.starts_with(scheme) ||
      !equal_constant_time(header.substr(scheme.size()), route.options.token))
    return caf::make_error(errc::unauthorized, "wrong token");
  return {};
}

/// What the body asks for. Errors: `invalid`.
caf::expected<console_run> parse_run(const std::string& body) {
  auto request = parse_console_request(body);
  if (!request)
    return request.error();
  if (request->what != console_request::kind::line)
    return caf::make_error(errc::invalid, "over HTTP only line is known");
  const auto object = json::parse(body);
  console_run run;
  run.request = body;
  run.user = one_line((*object)["user"].text_or("console"), user_bytes_max);
  run.reason = one_line((*object)["reason"].text_or(""), reason_bytes_max);
  if (const auto text = (*object)["level"].as_string()) {
    const auto level = parse_console_level(*text);
    if (!level)
      return caf::make_error(errc::invalid, "level is observe, operate or break_glass");
    if (*level > console_level::observe && run.reason.size() < reason_bytes_min)
      return caf::make_error(errc::invalid, "a level wants a reason");
    run.level = *level;
  }
  return run;
}

/// The status that goes with a line of the protocol.
unsigned status_of(const std::string& line) {
  const auto parsed = json::parse(line, {8 << 20, 16, 400'000, 32, 3});
  if (!parsed)
    return 500;
  if ((*parsed)["ok"].bool_or(false))
    return 200;
  switch ((*parsed)["exit"].int_or(1)) {
  case 2:
    return 422;
  case 3:
    return 404;
  case 4:
    return 401;
  case 5:
    return 409;
  case 6:
    return 429;
  case 7:
    return 503;
  case 13:
    return 403;
  default:
    return 500;
  }
}

void serve(const route_ptr& route, const request_ptr& request) {
  if (const auto failure = check_client(*route, *request)) {
    spdlog::warn("console: refused a request remote={} reason={}",
                 request->remote_ip,
                 context_text(failure));
    return refuse(request, failure, "Authorization: Bearer and settings console.token");
  }
  auto run = parse_run(request->body);
  if (!run)
    return refuse(
        request, run.error(), R"({"v":1,"id":1,"line":"cluster","user":"asha"})");
  route->gateways.ask<std::string>(
      route->door,
      answer_timeout,
      std::move(*run),
      request->poster(),
      [request](caf::expected<std::string> line) {
        if (!line)
          return refuse(request,
                        caf::make_error(errc::timed_out, "no answer in time"),
                        "the console's socket waits longer");
        const auto status = status_of(*line);
        answer(request, status, std::move(*line));
      });
}

} // namespace

bool is_loopback(const std::string& address) {
  boost::system::error_code ec;
  const auto parsed = boost::asio::ip::make_address(address, ec);
  return !ec && parsed.is_loopback();
}

void add_console_route(router& routes,
                       actor_gateways& gateways,
                       const caf::actor& door,
                       console_http_options options) {
  const rate limit{options.requests_per_second_max,
                   std::chrono::seconds{1},
                   options.requests_per_second_max * 2};
  const auto body_bytes_max = options.body_bytes_max;
  const auto shared = std::shared_ptr<console_route>{
      new console_route{gateways,
                        caf::actor_cast<console_actor>(door),
                        std::move(options),
                        {},
                        rate_limiter{limit}}};
  routes.add(
      {.method = http_method::post,
       .pattern = "/admin/console",
       .policy = route_policy::webhook,
       .body = body_kind::json,
       .body_bytes_max = body_bytes_max,
       .handler = [shared](const request_ptr& request) { serve(shared, request); }});
}

} // namespace caly
