#pragma once

#include "net/client/http_client.hpp"
#include "net/media/cascade/ports.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace caly::openai {

struct mind_options {
  enum class format : std::uint8_t { responses, chat_completions };

  std::string name = "openai"; ///< In what is told of failures.
  format speaks = format::responses;
  std::string base_url = "https://api.openai.com/v1"; ///< With or without /v1.
  std::string api_key;                                ///< Empty: none is sent.
  std::string model;
  std::string tokens_field = "max_tokens"; ///< Of Chat Completions.
  std::chrono::milliseconds deadline{15'000};
};

/// Minds of `POST /responses` or `POST /chat/completions`, streamed.
mind_maker make_minds(std::shared_ptr<http_client> client, mind_options options);

} // namespace caly::openai
