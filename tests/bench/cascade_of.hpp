#pragma once

#include "cluster/node/cascade_parts.hpp"
#include "net/media/cascade/cascade_brain.hpp"

#include <memory>
#include <utility>

namespace caly::bench {

/// The cascade that a node makes from its settings.
inline brain_maker cascade_of(const settings& chosen) {
  const auto parts =
      make_cascade_parts(chosen, std::make_shared<http_client>(), system_wall_clock());
  cascade_stages stages;
  for (const auto& each : parts.ears)
    stages.ears.push_back(each.make);
  for (const auto& each : parts.minds)
    stages.minds.push_back(each.make);
  for (const auto& each : parts.voices)
    stages.voices.push_back(each.make);
  return make_cascade_brains(std::move(stages));
}

} // namespace caly::bench
