#pragma once

#include "actors/api/cluster_store.hpp"
#include "runtime/observe/spawn.hpp"
#include "storage/memory/cluster_model.hpp"

#include <memory>

namespace caly::memory {

struct cluster_store_state {};

/// The cluster store over a model in memory: the twin of the one over PostgreSQL.
cluster_store_actor::behavior_type
cluster_store(self_ptr<cluster_store_actor, cluster_store_state> self,
              std::shared_ptr<cluster_model> model,
              wall_clock clock);

} // namespace caly::memory
