#pragma once

#include "storage/stores/dial_queries.hpp"

#include <map>
#include <memory>

namespace caly {

/// Collects what waits in a dial worker's mailbox and makes few statements of it:
/// requests of one kind and tenant become one call of the database.
class dial_batch {
public:
  dial_batch(dial_options options, wall_clock clock, std::chrono::milliseconds patience)
      : options_{std::move(options)}, clock_{std::move(clock)}, patience_{patience} {}

  void add(mark_sending ask, pg::asker<sendable_calls> who);
  void add(record_answered ask, pg::asker<std::string> who);
  void add(record_progress ask, pg::asker<progress_answer> who);

  /// Requests that are a statement each: `run(txn, ask, options, now)` answers.
  template <class Request, class Answer, class Run>
  void add_single(Request ask, pg::asker<Answer> who, Run run) {
    const auto tenant = ask.tenant;
    auto job = pg::make_job<Answer>(
        tenant,
        std::chrono::steady_clock::now() + patience_,
        std::move(who),
        [this, ask = std::move(ask), run, now = now()](pg::tenant_txn& txn) {
          return caf::expected<Answer>{run(txn, ask, options_, now)};
        });
    job.single = true;
    singles_.push_back(std::move(job));
    ++size_;
  }

  std::size_t size() const noexcept { return size_; }

  /// The jobs, evidence first: it frees what reservations want.
  std::vector<pg::job> take();

private:
  std::string now() const;

  dial_options options_;
  wall_clock clock_;
  std::chrono::milliseconds patience_;
  std::map<tenant_id, std::shared_ptr<pg::dial::progress_batch>> progress_;
  std::map<tenant_id, std::shared_ptr<pg::dial::answered_batch>> answered_;
  std::map<std::tuple<tenant_id, std::string, std::int64_t>,
           std::shared_ptr<pg::dial::mark_batch>>
      marks_;
  std::vector<pg::job> singles_;
  std::size_t size_ = 0;
};

} // namespace caly
