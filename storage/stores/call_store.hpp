#pragma once

#include "actors/api/call_store.hpp"
#include "storage/pg/job_worker.hpp"

namespace caly {

/// The call store over PostgreSQL.
call_store_actor::behavior_type
call_store(self_ptr<call_store_actor, pg::job_store_state<call_store_actor>> self,
           store_options options);

} // namespace caly
