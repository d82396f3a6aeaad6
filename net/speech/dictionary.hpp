#pragma once

#include "actors/model/speech/spoken_pattern.hpp"

#include <optional>
#include <string>

namespace caly {

/// The words that the recogniser with this model can pronounce: its dictionary
/// `cmudict-en-us.dict`, some 2 MB. Nothing when there is none.
std::optional<known_word> read_dictionary(const std::string& model);

} // namespace caly
