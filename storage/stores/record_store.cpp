#include "storage/stores/record_store.hpp"

#include "storage/records/catalogue.hpp"

namespace caly {

namespace {

using worker_actor = pg::worker_of<records_actor>;

std::size_t bytes_of(const run_record& ask) {
  std::size_t sum = 0;
  for (const auto& each : ask.arguments)
    sum += each ? each->size() : 0;
  return sum;
}

bool is_single(const run_record& ask) {
  return !ask.tenant.empty() && records::is_whole(ask.statement);
}

caf::expected<record_answer>
answer(pg::tenant_txn& txn, const run_record& ask, const store_options&) {
  return records::run(txn, ask);
}

worker_actor::behavior_type
record_worker(self_ptr<worker_actor, pg::job_worker_state> self,
              const store_options& options,
              pg::gauge waiting) {
  pg::start_job_worker(self->state, options, std::move(waiting));
  return {
      pg::as_job<run_record, record_answer>(self, answer, bytes_of, is_single),
      pg::worker_status(self),
      pg::flushing(self),
  };
}

} // namespace

records_actor::behavior_type
record_store(self_ptr<records_actor, record_store_state> self, store_options options) {
  pg::start_pool(self,
                 self->state.pool,
                 options.record_workers,
                 options.waiting_max,
                 [self, options](std::size_t i, const pg::gauge& waiting) {
                   return spawn<worker_actor, pg::job_worker_state, caf::detached>(
                       self,
                       {"record_worker", std::to_string(i), {}},
                       record_worker,
                       options,
                       waiting);
                 });
  return {
      [self](run_record& ask) {
        // One tenant's pages do not wait for each other.
        auto& pool = self->state.pool;
        const auto i = records::is_list(ask.statement) ? pool.least_busy()
                                                       : pool.of_key(ask.tenant.value());
        return pool.pass_on<record_answer>(self, i, ask);
      },
      [self](const get_status&) { return pg::pool_status(self->state.pool); },
  };
}

} // namespace caly
