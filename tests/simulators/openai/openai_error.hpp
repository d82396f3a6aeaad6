#pragma once

#include "tests/simulators/http/http_message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace caly::sim {

/// `text` cut before each of its spaces, so that the pieces are the text again.
std::vector<std::string_view> words_of(std::string_view text);

/// An error body of OpenAI's REST API.
http_response openai_error(int status,
                           std::string_view type,
                           std::string_view code,
                           std::string_view message);

/// An answer of a model: whole, or the events of a stream.
struct model_answer {
  http_response whole;
  std::vector<std::string> events; ///< Empty: it is not streamed.
};

/// What goes wrong inside an answer that has status 200.
struct answer_flaws {
  bool malformed = false; ///< JSON text that stops in the middle.
  bool refusal = false;   ///< A refusal in place of text.
};

} // namespace caly::sim
