#pragma once

#include "net/providers/openai/thought_reader.hpp"

namespace caly::openai {

/// The body of a streamed `POST /chat/completions`. `tokens_field` is what the server
/// calls the bound on its answer: max_tokens or max_completion_tokens.
std::string chat_request(const thought_plan& plan,
                         std::string_view model,
                         std::string_view tokens_field);

/// Reads its chunks, also those of servers that leave members out.
class chat_reader : public thought_reader {
private:
  void read_event(const json& event) override;
  void read_answer(const json& answer) override;
  void read_message(const json& message);
  void read_tools(const json& calls);
};

} // namespace caly::openai
