#pragma once

#include "actors/api/records.hpp"
#include "storage/pg/job_worker.hpp"

namespace caly {

struct record_store_state : pg::job_store_state<records_actor> {
  std::uint8_t next = 0; ///< turns lists over the workers
};

/// Records over PostgreSQL: the catalogue of `storage/records`.
records_actor::behavior_type
record_store(self_ptr<records_actor, record_store_state> self, store_options options);

} // namespace caly
