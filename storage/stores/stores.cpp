#include "storage/stores/stores.hpp"

#include "runtime/base/error.hpp"
#include "storage/pg/errors.hpp"
#include "storage/pg/migrate.hpp"
#include "storage/stores/call_store.hpp"
#include "storage/stores/dial_store.hpp"
#include "storage/stores/import_store.hpp"
#include "storage/stores/record_store.hpp"

namespace caly {

namespace {

constexpr pg::statement set_system_pool{
    "set_system_pool",
    "insert into pools (scope, cap) values ('system', $1) "
    "on conflict (scope) do update set cap = excluded.cap where pools.cap <> "
    "excluded.cap"};

} // namespace

caf::error prepare_database(const store_options& options) {
  if (auto done = pg::migrate(options.owner); !done)
    return done.error();
  try {
    pg::connection at{options.database};
    pg::tenant_txn txn{at};
    txn.run(set_system_pool, {std::to_string(options.system_calls_max)});
    txn.commit();
    return {};
  } catch (const std::exception& thrown) {
    return pg::to_error(thrown);
  }
}

store_handles start_stores(caf::actor_system& system, const store_options& options) {
  store_handles out;
  out.records = spawn<records_actor, record_store_state>(
      system, {"records", {}, {}}, record_store, options);
  out.dial = spawn<dial_store_actor, dial_store_state>(
      system, {"dial_store", {}, {}}, dial_store, options);
  out.calls = spawn<call_store_actor, pg::job_store_state<call_store_actor>>(
      system, {"call_store", {}, {}}, call_store, options);
  out.imports = spawn<import_store_actor, pg::job_store_state<import_store_actor>>(
      system, {"import_store", {}, {}}, import_store, options);
  return out;
}

} // namespace caly
