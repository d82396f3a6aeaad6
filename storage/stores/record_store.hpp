#pragma once

#include "actors/api/records.hpp"
#include "storage/pg/job_worker.hpp"

namespace caly {

/// Records over PostgreSQL: the catalogue of `storage/records`.
records_actor::behavior_type
record_store(self_ptr<records_actor, pg::job_store_state<records_actor>> self,
             store_options options);

} // namespace caly
