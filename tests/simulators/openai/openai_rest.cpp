#include "tests/simulators/openai/openai_rest.hpp"

#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/http/piecewise.hpp"
#include "tests/simulators/http/web_socket.hpp"
#include "tests/simulators/openai/chat_completions.hpp"
#include "tests/simulators/openai/embeddings.hpp"
#include "tests/simulators/openai/realtime_session.hpp"
#include "tests/simulators/openai/responses.hpp"

#include <optional>

namespace caly::sim {

namespace {

constexpr json_limits body_limits{.bytes_max = 16 * 1024 * 1024, .values_max = 1'000'000};

std::optional<http_response> response_of(fault drawn) {
  if (drawn == fault::too_many) {
    auto response = openai_error(429,
                                 "rate_limit_error",
                                 "rate_limit_exceeded",
                                 "Rate limit reached for requests.");
    response.headers.emplace_back("retry-after-ms", "500");
    return response;
  }
  if (drawn == fault::server_error)
    return openai_error(500,
                        "server_error",
                        "server_error",
                        "The server had an error while processing your request.");
  return std::nullopt;
}

} // namespace

void openai_rest::serve(const exchange_ptr& exchange) {
  const auto* part =
      exchange->request().path == "/v1/realtime" ? "openai/realtime" : "openai";
  through_faults(world_, part, false, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void openai_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto token = bearer_token(request);
  const auto& key = world_.options.openai_api_key;
  if (token.empty() || (!key.empty() && token != key))
    return answer(exchange,
                  openai_error(401,
                               "invalid_request_error",
                               "invalid_api_key",
                               "Incorrect API key provided."));
  if (auto broken = response_of(drawn))
    return answer(exchange, std::move(*broken));
  if (drawn == fault::reset)
    return;
  if (request.path == "/v1/realtime" && exchange->wants_web_socket())
    return open_session(exchange);
  const auto body = json::parse(request.body, body_limits);
  if (request.method != "POST")
    return answer(
        exchange,
        openai_error(
            404, "invalid_request_error", "unknown_url", "Unknown request URL."));
  if (!body || !body->is_object())
    return answer(exchange,
                  openai_error(400,
                               "invalid_request_error",
                               "invalid_json",
                               "We could not parse the JSON body."));
  if (request.path == "/v1/responses")
    return answer(exchange, create_response(*body, draw_flaws()));
  if (request.path == "/v1/chat/completions")
    return answer(exchange, complete_chat(*body, draw_flaws()));
  if (request.path == "/v1/embeddings")
    return answer(exchange, embed(*body));
  answer(
      exchange,
      openai_error(404, "invalid_request_error", "unknown_url", "Unknown request URL."));
}

void openai_rest::open_session(const exchange_ptr& exchange) {
  const auto& request = exchange->request();
  const std::string model{field(request.query, "model")};
  if (model.empty())
    return answer(exchange,
                  openai_error(400,
                               "invalid_request_error",
                               "missing_model",
                               "You must provide a model parameter."));
  const bool beta = !request.header("OpenAI-Beta").empty();
  world_.log.request("openai", "GET", request.path, 101);
  exchange->upgrade([this, model, beta](const std::shared_ptr<web_socket>& socket) {
    if (!socket)
      return;
    const auto session = std::make_shared<realtime_session>(world_, socket, model);
    if (beta)
      session->refuse_beta();
    else
      session->start();
  });
}

answer_flaws openai_rest::draw_flaws() {
  const auto& plan = world_.faults.plan("openai");
  return {world_.faults.chance(plan.rate_malformed),
          world_.faults.chance(plan.rate_refusal)};
}

void openai_rest::answer(const exchange_ptr& exchange, model_answer given) {
  if (given.events.empty())
    return answer(exchange, std::move(given.whole));
  const auto& request = exchange->request();
  world_.log.request("openai", request.method, request.path, 200);
  http_response head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("x-request-id", new_id("req_"));
  answer_in_pieces(world_,
                   "openai",
                   exchange,
                   head,
                   std::move(given.events),
                   world_.options.word_ms / 1000);
}

void openai_rest::answer(const exchange_ptr& exchange, http_response response) {
  const auto& request = exchange->request();
  world_.log.request("openai", request.method, request.path, response.status);
  response.headers.emplace_back("x-request-id", new_id("req_"));
  exchange->reply(std::move(response));
}

} // namespace caly::sim
