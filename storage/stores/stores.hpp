#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/dial_store.hpp"
#include "actors/api/import_store.hpp"
#include "actors/api/records.hpp"
#include "storage/stores/options.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

namespace caly {

/// Whoever holds these keeps the stores alive. End them with `stop_actor`.
struct store_handles {
  records_actor records;
  dial_store_actor dial;
  call_store_actor calls;
  import_store_actor imports;
};

/// Migrates the database and sets the system's permits. Call once before `start_stores`.
/// Errors: see `pg::migrate`.
caf::error prepare_database(const store_options& options);

/// The stores over PostgreSQL. They connect on their first request and whenever a
/// connection breaks; until then they answer `unavailable` after the deadline.
store_handles start_stores(caf::actor_system& system, const store_options& options);

} // namespace caly
