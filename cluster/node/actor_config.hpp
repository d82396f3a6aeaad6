#pragma once

#include "config/settings.hpp"

#include <caf/actor_system_config.hpp>

namespace caly {

/// CAF set up for a node of a cluster: failure detection on, bounded turns, no automatic
/// connections (they would open an unprotected port).
class node_actor_config : public caf::actor_system_config {
public:
  explicit node_actor_config(const settings& chosen);
};

} // namespace caly
