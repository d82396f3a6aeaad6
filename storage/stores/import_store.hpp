#pragma once

#include "actors/api/import_store.hpp"
#include "storage/pg/job_worker.hpp"

namespace caly {

/// The import store over PostgreSQL.
import_store_actor::behavior_type
import_store(self_ptr<import_store_actor, pg::job_store_state<import_store_actor>> self,
             store_options options);

} // namespace caly
