#include "tests/simulators/elevenlabs/elevenlabs_rest.hpp"

#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/piecewise.hpp"

namespace caly::sim {

void elevenlabs_rest::serve(const exchange_ptr& exchange) {
  through_faults(world_, "elevenlabs", false, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void elevenlabs_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto sent = request.header("xi-api-key");
  const auto& key = world_.options.elevenlabs_api_key;
  if (sent.empty() || (!key.empty() && sent != key))
    return refuse(exchange, 401, "invalid_api_key", "Invalid API key");
  if (drawn == fault::too_many)
    return refuse(exchange,
                  429,
                  "too_many_concurrent_requests",
                  "Too many concurrent requests for this plan.");
  if (drawn == fault::server_error)
    return refuse(exchange, 500, "internal_server_error", "Something went wrong.");
  if (drawn == fault::reset)
    return;
  const auto parts = path_parts(request.path);
  const auto body = json::parse(request.body);
  if (request.method != "POST" || parts.size() != 4 || parts[3] != "stream")
    return refuse(exchange, 404, "not_found", "Not Found");
  if (field(request.query, "output_format") != "ulaw_8000")
    return refuse(
        exchange, 400, "invalid_output_format", "The sandbox speaks ulaw_8000 only.");
  if (!body || (*body)["text"].text_or("").empty())
    return refuse(exchange, 422, "invalid_request", "text: Field required");
  world_.log.request("elevenlabs", request.method, request.path, 200);
  http_response head;
  head.content_type = "audio/basic";
  answer_in_speech(
      world_, "elevenlabs", exchange, head, std::string{(*body)["text"].text_or("")});
}

void elevenlabs_rest::refuse(const exchange_ptr& exchange,
                             int status,
                             std::string_view code,
                             std::string_view message) {
  const auto& request = exchange->request();
  world_.log.request("elevenlabs", request.method, request.path, status);
  json_writer out;
  out.begin_object().key("detail").begin_object();
  out.field("status", code).field("message", message).end_object().end_object();
  exchange->reply(json_response(status, std::move(out).str()));
}

} // namespace caly::sim
