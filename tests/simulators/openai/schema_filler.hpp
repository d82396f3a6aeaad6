#pragma once

#include "runtime/base/json.hpp"
#include "tests/simulators/openai/talk_facts.hpp"

#include <string>

namespace caly::sim {

/// JSON text that fits a JSON schema, its values guessed from the properties' names and
/// the talk's facts. What nothing is known about is null where allowed, else empty.
std::string fill_schema(const json& schema, const talk_facts& facts);

} // namespace caly::sim
