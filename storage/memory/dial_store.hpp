#pragma once

#include "actors/api/dial_store.hpp"
#include "runtime/observe/spawn.hpp"
#include "storage/memory/dial_model.hpp"

#include <memory>

namespace caly::memory {

struct dial_store_state {
  std::uint64_t handled_total = 0;
};

/// The dial store over a model in memory: the twin of the one over PostgreSQL, for tests
/// and simulations. Whoever made the model may look into it while no request is under
/// way.
dial_store_actor::behavior_type
dial_store(self_ptr<dial_store_actor, dial_store_state> self,
           std::shared_ptr<dial_model> model,
           wall_clock clock);

} // namespace caly::memory
