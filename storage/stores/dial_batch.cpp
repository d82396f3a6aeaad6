#include "storage/stores/dial_batch.hpp"

#include "storage/pg/times.hpp"

#include <array>

namespace caly {

void dial_batch::add(reserve_calls ask, pg::asker<reservation> who) {
  const std::array keys{ask.tenant};
  auto& rounds = reserves_[ask.owner.node];
  rounds.add(keys, std::move(ask), std::move(who));
  ++size_;
}

void dial_batch::add(mark_sending ask, pg::asker<sendable_calls> who) {
  const auto keys = ask.calls;
  auto& rounds = marks_[ask.owner.node];
  rounds.add(keys, std::move(ask), std::move(who));
  ++size_;
}

void dial_batch::add(record_answered ask, pg::asker<std::string> who) {
  const std::array keys{ask.call};
  answered_.add(keys, std::move(ask), std::move(who));
  ++size_;
}

void dial_batch::add(record_progress ask, pg::asker<progress_answer> who) {
  const std::array keys{ask.call};
  progress_.add(keys, std::move(ask), std::move(who));
  ++size_;
}

std::string dial_batch::now() const {
  return pg::sql_time(clock_());
}

std::vector<pg::job> dial_batch::take() {
  std::vector<pg::job> out;
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  const auto at = now();
  const auto add = [&](auto& rounds, auto run) {
    for (auto& each : rounds.take()) {
      const auto size = each->entries.size();
      out.push_back(pg::make_batch_job(deadline, std::move(each), 0, size, run));
    }
  };
  namespace sql = pg::dial;
  add(progress_, [this, at](auto& txn, auto& all, std::size_t from, std::size_t to) {
    sql::progress_rows(txn, all, from, to, options_, at);
  });
  add(answered_, [at](auto& txn, auto& all, std::size_t from, std::size_t to) {
    sql::answer_rows(txn, all, from, to, at);
  });
  for (auto& [node, rounds] : marks_) {
    // A moment of its own for each: only the same statement may answer the same again.
    auto moment = clock_();
    for (auto& each : rounds.take()) {
      const auto size = each->entries.size();
      auto run = [at = pg::sql_time(moment)](
                     auto& txn, auto& all, std::size_t from, std::size_t to) {
        sql::mark_rows(txn, all, from, to, at);
      };
      out.push_back(pg::make_batch_job(deadline, std::move(each), 0, size, run));
      moment += std::chrono::milliseconds{1};
    }
  }
  for (auto& [node, rounds] : reserves_)
    add(rounds, [this, at](auto& txn, auto& all, std::size_t from, std::size_t to) {
      sql::reserve_rows(txn, all, from, to, options_, at);
    });
  for (auto& each : singles_)
    out.push_back(std::move(each));
  singles_.clear();
  size_ = 0;
  return out;
}

} // namespace caly
