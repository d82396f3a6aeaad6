#pragma once

#include "actors/api/cluster_store.hpp"
#include "runtime/observe/spawn.hpp"

#include <memory>
#include <string>

namespace caly {

struct cluster_store_state;

/// Starts the cluster store: a detached actor with one connection of its own to `url`.
cluster_store_actor start_cluster_store(caf::actor_system& sys, const std::string& url);

} // namespace caly
