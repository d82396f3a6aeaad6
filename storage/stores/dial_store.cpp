#include "storage/stores/dial_store.hpp"

#include "storage/pg/job_worker.hpp"

#include <caf/settings.hpp>

namespace caly {

namespace {

using worker_self = self_ptr<dial_worker_actor, dial_worker_state>;
using store_self = self_ptr<dial_store_actor, dial_store_state>;

template <class Answer>
pg::asker<Answer> asker_of(worker_self self) {
  return {self->template make_response_promise<Answer>(), self->state.waiting};
}

void arm(worker_self self, std::uint32_t batch_max) {
  auto& state = self->state;
  if (state.batch->size() >= batch_max) {
    state.runner->run(state.batch->take());
  } else if (!state.armed) {
    state.armed = true;
    self->send(self, pg::flush_batch{});
  }
}

/// A request that joins others of its kind in one statement.
template <class Request, class Answer>
auto together(worker_self self, std::uint32_t batch_max) {
  return [self, batch_max](Request& ask) {
    auto who = asker_of<Answer>(self);
    auto promise = who.promise;
    self->state.batch->add(std::move(ask), std::move(who));
    arm(self, batch_max);
    return promise;
  };
}

/// A request that is a statement of its own.
template <class Request, class Answer, class Run>
auto alone(worker_self self, std::uint32_t batch_max, Run run) {
  return [self, batch_max, run](Request& ask) {
    auto who = asker_of<Answer>(self);
    auto promise = who.promise;
    self->state.batch->add_single(std::move(ask), std::move(who), run);
    arm(self, batch_max);
    return promise;
  };
}

} // namespace

dial_worker_actor::behavior_type
dial_worker(worker_self self, store_options options, pg::gauge waiting) {
  auto& state = self->state;
  auto database = options.database;
  database.lookups_only = true;
  state.runner.emplace(std::move(database));
  state.batch.emplace(options.dial, options.clock, options.deadline);
  state.waiting = std::move(waiting);
  const auto most = options.batch_max;
  namespace sql = pg::dial;
  return {
      together<reserve_calls, reservation>(self, most),
      together<mark_sending, sendable_calls>(self, most),
      together<record_answered, std::string>(self, most),
      together<record_progress, progress_answer>(self, most),
      alone<record_missed, std::string>(self, most, sql::miss_row),
      alone<take_over_calls, taken_over>(
          self,
          most,
          [](auto& txn, auto& ask, const dial_options&, auto& now) {
            return sql::take_over_rows(txn, ask, now);
          }),
      alone<extend_hold, bool>(self, most, sql::extend_row),
      alone<open_call, reserved_call>(self, most, sql::open_row),
      alone<list_doubtful, doubtful_calls>(self, most, sql::doubtful_rows),
      [self](const get_status&) {
        const auto& counters = self->state.runner->counters();
        status_report report;
        caf::put(report, "waiting", std::uint64_t{self->state.waiting->load()});
        caf::put(report, "connected", self->state.runner->connected());
        caf::put(report, "transactions_total", counters.transactions_total);
        caf::put(report, "jobs_total", counters.jobs_total);
        caf::put(report, "failed_total", counters.failed_total);
        caf::put(report, "retries_total", counters.retries_total);
        caf::put(report, "connects_total", counters.connects_total);
        return report;
      },
      [self](const pg::flush_batch&) {
        self->state.armed = false;
        self->state.runner->run(self->state.batch->take());
      },
  };
}

dial_store_actor::behavior_type dial_store(store_self self, store_options options) {
  auto& pool = self->state.pool;
  pg::start_pool(
      self,
      pool,
      options.dial_workers,
      options.waiting_max,
      [self, options](std::size_t i, const pg::gauge& waiting) {
        return spawn<dial_worker_actor, dial_worker_state, caf::detached>(
            self, {"dial_worker", std::to_string(i), {}}, dial_worker, options, waiting);
      });
  return {
      pg::by_tenant<reserve_calls, reservation>(self),
      pg::by_tenant<mark_sending, sendable_calls>(self),
      pg::by_tenant<record_answered, std::string>(self),
      pg::by_tenant<record_progress, progress_answer>(self),
      pg::by_tenant<record_missed, std::string>(self),
      pg::by_tenant<take_over_calls, taken_over>(self),
      pg::by_tenant<extend_hold, bool>(self),
      pg::by_tenant<open_call, reserved_call>(self),
      pg::by_tenant<list_doubtful, doubtful_calls>(self),
      [self](const get_status&) { return pg::pool_status(self->state.pool); },
  };
}

} // namespace caly
