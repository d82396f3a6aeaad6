#include "tests/simulators/openai/openai_error.hpp"

#include "runtime/base/json.hpp"

#include <algorithm>

namespace caly::sim {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' ', 1), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return words;
}

http_response openai_error(int status,
                           std::string_view type,
                           std::string_view code,
                           std::string_view message) {
  json_writer out;
  out.begin_object().key("error").begin_object();
  out.field("message", message).field("type", type).null_field("param");
  out.field("code", code).end_object().end_object();
  return json_response(status, std::move(out).str());
}

} // namespace caly::sim
