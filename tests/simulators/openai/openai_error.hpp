#pragma once

#include "tests/simulators/http/http_message.hpp"

#include <string_view>

namespace caly::sim {

/// An error body of OpenAI's REST API.
http_response openai_error(int status,
                           std::string_view type,
                           std::string_view code,
                           std::string_view message);

/// What goes wrong inside an answer that has status 200.
struct answer_flaws {
  bool malformed = false; ///< JSON text that stops in the middle.
  bool refusal = false;   ///< A refusal in place of text.
};

} // namespace caly::sim
