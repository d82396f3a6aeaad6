#pragma once

#include "actors/api/language_model.hpp"
#include "net/client/http_client.hpp"
#include "runtime/observe/spawn.hpp"

#include <memory>

namespace caly::openai {

struct responses_options {
  std::string base_url = "https://api.openai.com/v1";
  std::string api_key;
  std::chrono::milliseconds timeout{30'000};
};

struct responses_state {
  std::uint64_t asked_total = 0;
  std::uint64_t failed_total = 0;
};

/// POST /responses of OpenAI or a server that speaks the same.
language_model_actor::behavior_type
responses(self_ptr<language_model_actor, responses_state> self,
          responses_options options,
          std::shared_ptr<http_client> client);

} // namespace caly::openai
