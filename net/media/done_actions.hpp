#pragma once

#include "actors/api/call_store.hpp"

#include <string>
#include <vector>

namespace caly {

/// What a model that takes over a call is told of what its tools did before.
std::string words_of(const std::vector<done_action>& done);

} // namespace caly
