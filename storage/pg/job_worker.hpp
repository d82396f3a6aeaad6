#pragma once

#include "runtime/observe/spawn.hpp"
#include "storage/pg/worker.hpp"
#include "storage/stores/options.hpp"

#include <caf/settings.hpp>

#include <optional>

/// What the plain stores share: a dispatcher with a pool of workers, each of which turns
/// every request into one job and runs the waiting ones in one transaction.
namespace caly::pg {

template <class Store>
using worker_of = typename Store::template extend<caf::reacts_to<flush_batch>>;

struct job_worker_state {
  std::optional<runner> at;
  std::vector<job> jobs;
  std::size_t bytes = 0;
  gauge waiting;
  store_options options;
  bool armed = false;

  void flush() {
    armed = false;
    bytes = 0;
    std::vector<job> now;
    now.swap(jobs);
    at->run(std::move(now));
  }
};

template <class Store>
struct job_store_state {
  worker_pool<worker_of<Store>> pool;
};

/// A worker's handler: `run(txn, ask, options)` answers an `Answer` or an expected
/// failure, and may run again. `bytes` is about what the request holds; `single` tells
/// requests that are one statement, which needs no transaction around it.
template <class Request, class Answer, class Self, class Run>
auto as_job(Self self,
            Run run,
            std::size_t (*bytes)(const Request&) = nullptr,
            bool (*single)(const Request&) = nullptr) {
  return [self, run, bytes, single](Request& ask) {
    auto& state = self->state;
    asker<Answer> who{self->template make_response_promise<Answer>(), state.waiting};
    auto promise = who.promise;
    state.bytes += bytes != nullptr ? bytes(ask) : 0;
    const auto tenant = ask.tenant;
    const bool alone = single != nullptr && single(ask);
    state.jobs.push_back(make_job<Answer>(
        tenant,
        std::chrono::steady_clock::now() + state.options.deadline,
        std::move(who),
        [&options = state.options, ask = std::move(ask), run](tenant_txn& txn) {
          return caf::expected<Answer>{run(txn, ask, options)};
        }));
    state.jobs.back().single = alone;
    if (state.jobs.size() >= state.options.batch_max ||
        state.bytes >= state.options.batch_bytes_max) {
      state.flush();
    } else if (!state.armed) {
      state.armed = true;
      self->send(self, flush_batch{});
    }
    return promise;
  };
}

template <class Self>
auto flushing(Self self) {
  return [self](const flush_batch&) {
    if (!self->state.jobs.empty())
      self->state.flush();
    self->state.armed = false;
  };
}

template <class Self>
auto worker_status(Self self) {
  return [self](const get_status&) {
    const auto& counters = self->state.at->counters();
    status_report report;
    caf::put(report, "waiting", std::uint64_t{self->state.waiting->load()});
    caf::put(report, "connected", self->state.at->connected());
    caf::put(report, "transactions_total", counters.transactions_total);
    caf::put(report, "jobs_total", counters.jobs_total);
    caf::put(report, "failed_total", counters.failed_total);
    caf::put(report, "retries_total", counters.retries_total);
    caf::put(report, "connects_total", counters.connects_total);
    return report;
  };
}

template <class State>
void start_job_worker(State& state, const store_options& options, gauge waiting) {
  state.at.emplace(options.database);
  state.options = options;
  state.waiting = std::move(waiting);
}

/// Fills `pool` with `count` workers that `start(i, gauge)` spawns and puts a new one in
/// the place of one that ends.
template <class Self, class Pool, class Start>
void start_pool(
    Self self, Pool& pool, std::uint32_t count, std::uint32_t waiting_max, Start start) {
  pool.waiting_max = waiting_max;
  pool.workers.resize(count);
  pool.waiting.resize(count);
  const auto place = [self, &pool, start](std::size_t i) {
    pool.waiting[i] = make_gauge();
    pool.workers[i] = start(i, pool.waiting[i]);
    self->monitor(pool.workers[i]);
  };
  for (std::size_t i = 0; i < count; ++i)
    place(i);
  self->set_down_handler([&pool, place](const caf::down_msg& down) {
    for (std::size_t i = 0; i < pool.workers.size(); ++i)
      if (pool.workers[i].address() == down.source)
        place(i);
  });
}

template <class Pool>
status_report pool_status(const Pool& pool) {
  status_report report;
  caf::put(report, "workers", std::uint64_t{pool.workers.size()});
  caf::put(report, "waiting", pool.depth());
  caf::put(report, "overloaded_total", pool.overloaded_total);
  return report;
}

/// A dispatcher's handler: to the worker of the tenant.
template <class Request, class Answer, class Self>
auto by_tenant(Self self) {
  return [self](Request& ask) {
    auto& pool = self->state.pool;
    return pool.template pass_on<Answer>(self, pool.of_key(ask.tenant.value()), ask);
  };
}

} // namespace caly::pg
