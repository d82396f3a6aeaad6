#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/http/http_message.hpp"
#include "tests/simulators/openai/openai_error.hpp"

namespace caly::sim {

/// `POST /v1/responses`, whole or as server-sent events.
model_answer create_response(const json& body, const answer_flaws& flaws);

} // namespace caly::sim
