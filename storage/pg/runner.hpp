#pragma once

#include "actors/model/ids.hpp"
#include "storage/pg/tenant_txn.hpp"

#include <caf/error.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

namespace caly::pg {

/// One idempotent piece of work in the database: doing it again after a lost answer
/// changes nothing and answers the same.
struct job {
  tenant_id tenant;
  std::chrono::steady_clock::time_point deadline;
  /// Runs the statements; may run several times. Throws what libpqxx throws.
  std::function<void(tenant_txn&)> run;
  /// After the commit. Exactly one of `done` and `failed` is called, once.
  std::function<void()> done;
  std::function<void(const caf::error&)> failed;
  /// One statement that commits by itself, outside the common transaction.
  bool single = false;
  /// Requests it answers.
  std::uint64_t size = 1;
  /// The same work in smaller jobs, for when the database refuses the whole.
  std::vector<job> parts;
};

struct runner_counters {
  std::uint64_t transactions_total = 0;
  std::uint64_t jobs_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t retries_total = 0;
  std::uint64_t connects_total = 0;
};

/// Runs jobs on one connection: many in one transaction; one by one when the database
/// refuses one of them; again on a new connection when the old one broke. Gives a job up
/// with `errc::unavailable` at its deadline.
class runner {
public:
  explicit runner(connection_options options) : options_{std::move(options)} {}

  void run(std::vector<job> jobs);

  const runner_counters& counters() const noexcept { return counters_; }

  bool connected() const noexcept { return connection_ != nullptr; }

private:
  void run_together(std::vector<job*>& jobs);
  void run_alone(job& work);
  void connect();
  void replan_while_young();
  bool reconnect_before(std::chrono::steady_clock::time_point deadline);
  void count(const job& work);
  void fail(job& work, const caf::error& reason);

  connection_options options_;
  std::unique_ptr<connection> connection_;
  std::chrono::milliseconds back_off_{0};
  std::chrono::steady_clock::time_point replan_at_;
  std::chrono::seconds replan_after_{1};
  std::uint64_t session_jobs_ = 0; ///< done on this connection
  std::uint64_t replan_jobs_ = 0;  ///< of them, before the next plans
  runner_counters counters_;
};

} // namespace caly::pg
