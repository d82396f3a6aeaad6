#include "storage/pg/runner.hpp"

#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"
#include "storage/pg/errors.hpp"

#include <algorithm>
#include <random>
#include <thread>

namespace caly::pg {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr int retries_max = 3;
constexpr std::uint64_t replan_jobs_min = 32;

std::chrono::milliseconds jitter(std::chrono::milliseconds up_to) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::milliseconds{
      std::uniform_int_distribution<std::int64_t>{1, up_to.count()}(random)};
}

} // namespace

void runner::run(std::vector<job> jobs) {
  replan_while_young();
  std::vector<job*> together;
  const auto now = clock::now();
  for (auto& each : jobs) {
    if (each.deadline <= now)
      fail(each, caf::make_error(errc::unavailable, "waited too long for the database"));
    else if (each.single)
      run_alone(each);
    else
      together.push_back(&each);
  }
  run_together(together);
}

void runner::run_together(std::vector<job*>& jobs) {
  // One tenant's jobs side by side: the tenant is entered once.
  std::stable_sort(jobs.begin(), jobs.end(), [](const job* a, const job* b) {
    return a->tenant < b->tenant;
  });
  if (jobs.size() > 1) {
    try {
      connect();
      tenant_txn txn{*connection_};
      for (auto* each : jobs) {
        txn.enter(each->tenant);
        each->run(txn);
      }
      txn.commit();
      ++counters_.transactions_total;
      for (const auto* each : jobs)
        count(*each);
      for (auto* each : jobs)
        each->done();
      return;
    } catch (const std::exception& thrown) {
      if (classify(thrown) == failure::broken)
        connection_.reset();
    }
  }
  for (auto* each : jobs)
    run_alone(*each);
}

void runner::run_alone(job& work) {
  for (int retries = 0;;) {
    try {
      connect();
      tenant_txn txn{*connection_,
                     work.single ? tenant_txn::mode::single : tenant_txn::mode::whole};
      txn.enter(work.tenant);
      work.run(txn);
      txn.commit();
      ++counters_.transactions_total;
      count(work);
      work.done();
      return;
    } catch (const std::exception& thrown) {
      switch (classify(thrown)) {
      case failure::broken:
        warn_away("storage: connection lost reason=" + std::string{thrown.what()});
        connection_.reset();
        if (reconnect_before(work.deadline))
          continue;
        fail(work, to_error(thrown));
        return;
      case failure::retry:
        if (retries++ < retries_max) {
          ++counters_.retries_total;
          std::this_thread::sleep_for(jitter(20ms * retries));
          continue;
        }
        fail(work, to_error(thrown));
        return;
      case failure::refused:
        if (!work.parts.empty()) {
          for (auto& part : work.parts)
            run_alone(part);
          return;
        }
        fail(work, to_error(thrown));
        return;
      }
    }
  }
}

void runner::connect() {
  if (connection_)
    return;
  connection_ = std::make_unique<connection>(options_);
  log_back("storage: the database is back");
  ++counters_.connects_total;
  back_off_ = 0ms;
  replan_after_ = 1s;
  replan_at_ = clock::now() + replan_after_;
  session_jobs_ = 0;
  replan_jobs_ = replan_jobs_min;
}

// A plan made for an empty table is wrong for a full one, and the server's own statistics
// come a minute late. Plans are made anew after 1, 2, 4, … seconds, at most each minute,
// and whenever this session's work has doubled.
void runner::replan_while_young() {
  if (!connection_ || (clock::now() < replan_at_ && session_jobs_ < replan_jobs_))
    return;
  try {
    pqxx::nontransaction{connection_->session()}.exec("discard plans");
  } catch (const std::exception&) {
    connection_.reset();
    return;
  }
  if (clock::now() >= replan_at_)
    replan_after_ = std::min<std::chrono::seconds>(replan_after_ * 2, 60s);
  replan_at_ = clock::now() + replan_after_;
  replan_jobs_ = std::max(session_jobs_ * 2, replan_jobs_min);
}

bool runner::reconnect_before(clock::time_point deadline) {
  for (;;) {
    if (clock::now() + back_off_ >= deadline)
      return false;
    if (back_off_ > 0ms)
      std::this_thread::sleep_for(back_off_);
    back_off_ = std::clamp(back_off_ * 2, 50ms, 2000ms);
    try {
      connect();
      return true;
    } catch (const std::exception& thrown) {
      warn_away("storage: cannot connect reason=" + std::string{thrown.what()});
    }
  }
}

void runner::count(const job& work) {
  counters_.jobs_total += work.size;
  session_jobs_ += work.size;
}

void runner::fail(job& work, const caf::error& reason) {
  ++counters_.failed_total;
  if (work.parts.empty()) {
    work.failed(reason);
    return;
  }
  for (auto& part : work.parts)
    part.failed(reason);
}

} // namespace caly::pg
