#pragma once

#include "actors/api/dial_store.hpp"
#include "runtime/observe/spawn.hpp"
#include "storage/pg/worker.hpp"
#include "storage/stores/dial_batch.hpp"
#include "storage/stores/options.hpp"

#include <optional>

namespace caly {

using dial_worker_actor = dial_store_actor::extend<caf::reacts_to<pg::flush_batch>>;

/// One connection that works off dial requests. It owns a thread.
struct dial_worker_state {
  std::optional<pg::runner> runner;
  std::optional<dial_batch> batch;
  pg::gauge waiting;
  bool armed = false;
};

dial_worker_actor::behavior_type
dial_worker(self_ptr<dial_worker_actor, dial_worker_state> self,
            store_options options,
            pg::gauge waiting);

struct dial_store_state {
  pg::worker_pool<dial_worker_actor> pool;
};

/// The dial store over PostgreSQL: passes each request on to the worker of its tenant.
dial_store_actor::behavior_type
dial_store(self_ptr<dial_store_actor, dial_store_state> self, store_options options);

} // namespace caly
