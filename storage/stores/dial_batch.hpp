#pragma once

#include "storage/stores/dial_queries.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace caly {

/// Requests of one kind, any tenants, in as few statements as can be: a statement names a
/// key once, what comes for it again joins the next one.
template <class Key, class Request, class Answer>
class dial_rounds {
public:
  using batch = pg::batch<Request, Answer>;

  /// `keys` are what the request is about.
  template <class Keys>
  void add(const Keys& keys, Request ask, pg::asker<Answer> who) {
    std::size_t round = 0;
    for (const auto& key : keys)
      round = std::max(round, named_[key]);
    for (const auto& key : keys)
      named_[key] = round + 1;
    if (round == rounds_.size())
      rounds_.push_back(std::make_shared<batch>());
    rounds_[round]->entries.push_back({std::move(ask), std::move(who), Answer{}, {}});
  }

  /// In the order in which they must run.
  std::vector<std::shared_ptr<batch>> take() {
    named_.clear();
    return std::exchange(rounds_, {});
  }

private:
  std::map<Key, std::size_t> named_; ///< how many rounds name it
  std::vector<std::shared_ptr<batch>> rounds_;
};

/// Collects what waits in a dial worker's mailbox and makes few statements of it.
class dial_batch {
public:
  dial_batch(dial_options options, wall_clock clock, std::chrono::milliseconds patience)
      : options_{std::move(options)}, clock_{std::move(clock)}, patience_{patience} {}

  void add(reserve_calls ask, pg::asker<reservation> who);
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
  dial_rounds<call_id, record_progress, progress_answer> progress_;
  dial_rounds<call_id, record_answered, std::string> answered_;
  // A statement speaks for one node.
  std::map<std::string, dial_rounds<call_id, mark_sending, sendable_calls>> marks_;
  std::map<std::string, dial_rounds<tenant_id, reserve_calls, reservation>> reserves_;
  std::vector<pg::job> singles_;
  std::size_t size_ = 0;
};

} // namespace caly
