#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/base/faults.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/openai/openai_error.hpp"

namespace caly::sim {

/// `/v1/realtime`, `/v1/responses`, `/v1/chat/completions` and `/v1/embeddings`.
class openai_rest {
public:
  explicit openai_rest(world& world) : world_{world} {}

  void serve(const exchange_ptr& exchange);

private:
  void route(const exchange_ptr& exchange, fault drawn);
  void open_session(const exchange_ptr& exchange);
  answer_flaws draw_flaws();
  void answer(const exchange_ptr& exchange, model_answer given);
  void answer(const exchange_ptr& exchange, http_response response);

  world& world_;
};

} // namespace caly::sim
