#include "tests/simulators/cartesia/cartesia_rest.hpp"

#include "runtime/base/json.hpp"
#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/piecewise.hpp"

namespace caly::sim {

void cartesia_rest::serve(const exchange_ptr& exchange) {
  through_faults(world_, "cartesia", false, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void cartesia_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto sent = request.header("X-API-Key");
  const auto& key = world_.options.cartesia_api_key;
  if (sent.empty() || (!key.empty() && sent != key))
    return refuse(exchange, 401, "Unauthorized", "Invalid API key");
  if (drawn == fault::too_many)
    return refuse(exchange, 429, "Too many requests", "Concurrency limit exceeded");
  if (drawn == fault::server_error)
    return refuse(exchange, 500, "Internal error", "Something went wrong");
  if (drawn == fault::reset)
    return;
  if (request.method != "POST" || request.path != "/tts/bytes")
    return refuse(exchange, 404, "Not found", "There is no such endpoint");
  if (request.header("Cartesia-Version").empty())
    return refuse(exchange, 400, "Bad request", "Missing Cartesia-Version header");
  const auto body = json::parse(request.body);
  const auto& format = body ? (*body)["output_format"] : json{};
  const std::string text{body ? (*body)["transcript"].text_or("") : ""};
  if (text.empty() || (*body)["voice"]["id"].text_or("").empty() ||
      (*body)["model_id"].text_or("").empty())
    return refuse(
        exchange, 400, "Bad request", "transcript, voice or model_id is missing");
  if (format["container"].text_or("") != "raw" ||
      format["encoding"].text_or("") != "pcm_mulaw" ||
      format["sample_rate"].int_or(0) != 8000)
    return refuse(
        exchange, 400, "Bad request", "The sandbox speaks raw pcm_mulaw at 8000 only");
  world_.log.request("cartesia", request.method, request.path, 200);
  http_response head;
  head.content_type = "application/octet-stream";
  answer_in_speech(world_, "cartesia", exchange, head, text);
}

void cartesia_rest::refuse(const exchange_ptr& exchange,
                           int status,
                           std::string_view title,
                           std::string_view message) {
  const auto& request = exchange->request();
  world_.log.request("cartesia", request.method, request.path, status);
  json_writer out;
  out.begin_object().field("status_code", status).field("title", title);
  out.field("message", message).end_object();
  exchange->reply(json_response(status, std::move(out).str()));
}

} // namespace caly::sim
