#include "tests/simulators/deepgram/deepgram_listen.hpp"

#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/deepgram/listen_session.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/web_socket.hpp"

#include <cstdlib>

namespace caly::sim {

void deepgram_listen::serve(const exchange_ptr& exchange) {
  through_faults(world_, "deepgram", false, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void deepgram_listen::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto sent = request.header("Authorization");
  const auto& key = world_.options.deepgram_api_key;
  if (!sent.starts_with("Token ") || (!key.empty() && sent.substr(6) != key))
    return refuse(exchange, 401, "INVALID_AUTH", "Invalid credentials.");
  if (drawn == fault::too_many)
    return refuse(exchange, 429, "TOO_MANY_REQUESTS", "Too many requests.");
  if (drawn == fault::server_error)
    return refuse(exchange, 500, "INTERNAL_SERVER_ERROR", "Something went wrong.");
  if (drawn == fault::reset)
    return;
  if (!exchange->wants_web_socket())
    return refuse(exchange, 400, "Bad Request", "The sandbox hears streams only.");
  if (field(request.query, "encoding") != "mulaw" ||
      field(request.query, "sample_rate") != "8000")
    return refuse(exchange, 400, "Bad Request", "The sandbox hears mulaw at 8000 only.");
  listen_wishes wishes;
  wishes.interim = field(request.query, "interim_results") == "true";
  wishes.tells_language = field(request.query, "language") == "multi";
  wishes.endpointing_ms =
      std::atoi(std::string{field(request.query, "endpointing")}.c_str());
  world_.log.request("deepgram", request.method, request.path, 101);
  exchange->upgrade([this, wishes](const std::shared_ptr<web_socket>& socket) {
    if (socket)
      std::make_shared<listen_session>(world_, socket, wishes)->start();
  });
}

void deepgram_listen::refuse(const exchange_ptr& exchange,
                             int status,
                             std::string_view code,
                             std::string_view message) {
  const auto& request = exchange->request();
  world_.log.request("deepgram", request.method, request.path, status);
  const auto id = new_id("");
  json_writer out;
  out.begin_object().field("err_code", code).field("err_msg", message);
  out.field("request_id", id).end_object();
  auto response = json_response(status, std::move(out).str());
  response.headers = {{"dg-error", std::string{message}}, {"dg-request-id", id}};
  exchange->reply(std::move(response));
}

} // namespace caly::sim
