#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/openai/brain.hpp"
#include "tests/simulators/openai/openai_error.hpp"

#include <optional>
#include <string>
#include <vector>

namespace caly::sim {

/// What a text request (Responses or Chat Completions) asks for, without its wire shape.
struct text_request {
  struct entry {
    enum class kind { user, assistant, tool_output } who = kind::user;
    std::string text;
  };

  std::string instructions;
  std::vector<entry> talk;
  json tools;
  bool wants_json = false;
  json schema; ///< Null when any JSON will do.
};

/// The model's answer to it.
struct text_turn {
  std::string words;
  std::optional<tool_use> tool;
  bool refused = false;
  int input_tokens = 0;
  int output_tokens = 0;
};

text_turn take_text_turn(const text_request& request, const answer_flaws& flaws);

} // namespace caly::sim
