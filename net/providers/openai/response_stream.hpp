#pragma once

#include "net/providers/openai/thought_reader.hpp"

namespace caly::openai {

/// The body of a streamed `POST /responses`, kept nowhere at the service.
std::string response_request(const thought_plan& plan, std::string_view model);

/// Reads its events.
class response_reader : public thought_reader {
private:
  void read_event(const json& event) override;
  void read_answer(const json& answer) override;
  void read_item(const json& item);
};

} // namespace caly::openai
