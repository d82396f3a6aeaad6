#pragma once

#include "actors/api/region.hpp"
#include "actors/api/wire.hpp"
#include "runtime/observe/spawn.hpp"

namespace caly {

struct door_options {
  std::string cluster;
  std::string secret;
  caf::actor region;
  caf::actor console;
};

struct door_state {
  node_identity self;
  std::uint64_t admitted_total = 0;
  std::uint64_t refused_total = 0;
};

/// The message authentication code of a hello, hex.
std::string hello_mac(const std::string& secret, const hello& greeting);

/// Spawned by the links once the node has joined; published on the cluster port.
door_actor::behavior_type
door(self_ptr<door_actor, door_state> self, node_identity id, door_options options);

} // namespace caly
