#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"

namespace caly::sim {

/// `/v1/realtime`, `/v1/responses`, `/v1/chat/completions` and `/v1/embeddings`.
class openai_rest {
public:
  explicit openai_rest(world& world) : world_{world} {}

  void serve(const exchange_ptr& exchange);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void open_session(const exchange_ptr& exchange);
  http_response respond(const json& body);
  http_response complete(const json& body);
  void answer(const exchange_ptr& exchange, http_response response);

  world& world_;
};

} // namespace caly::sim
