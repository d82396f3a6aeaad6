#pragma once

#include "actors/api/records.hpp"
#include "storage/pg/job_worker.hpp"

namespace caly {

using record_store_state = pg::job_store_state<records_actor>;

/// Records over PostgreSQL: the catalogue of `storage/records`.
records_actor::behavior_type
record_store(self_ptr<records_actor, record_store_state> self, store_options options);

} // namespace caly
