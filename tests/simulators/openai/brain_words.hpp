#pragma once

#include "tests/simulators/openai/intent.hpp"

#include <string_view>

namespace caly::sim {

/// What the simulated agent answers to an intent.
std::string_view reply_words(intent meaning, tongue speaks);

/// Words that belong to no intent.
enum class phrase {
  greeting,
  ask_order_number,
  order_found,
  ask_moment,
  booked,
  noted,
  still_there,
  one_moment,
};

std::string_view phrase_words(phrase which, tongue speaks);

} // namespace caly::sim
