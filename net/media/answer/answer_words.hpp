#pragma once

#include "actors/api/answering.hpp"

#include <optional>
#include <string_view>

namespace caly {

/// What the first words on a line say about their speaker, in English, Hindi (both
/// scripts) or Hinglish; nothing when they tell nothing.
///
/// Sure of a machine only by phrases that nobody says who answers a phone: "I am busy,
/// call after some time" or "is switched off, he told me" come from people too.
std::optional<answered> verdict_of_words(std::string_view words);

} // namespace caly
