#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/http/http_message.hpp"

namespace caly::sim {

/// `POST /v1/embeddings`: vectors of length 1 that depend only on the words; texts that
/// share words are alike. 1,536 dimensions unless the request says otherwise.
http_response embed(const json& body);

} // namespace caly::sim
