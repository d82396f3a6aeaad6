#include "storage/stores/dial_batch.hpp"

#include "storage/pg/times.hpp"

namespace caly {

namespace {

template <class Map, class Key, class Request, class Answer>
void add_to(Map& groups, const Key& key, Request ask, pg::asker<Answer> who) {
  auto& group = groups[key];
  if (!group)
    group = std::make_shared<pg::batch<Request, Answer>>();
  group->entries.push_back({std::move(ask), std::move(who), Answer{}});
}

} // namespace

void dial_batch::add(mark_sending ask, pg::asker<sendable_calls> who) {
  const auto key = std::tuple{ask.tenant, ask.owner.node, ask.owner.fence};
  add_to(marks_, key, std::move(ask), std::move(who));
  ++size_;
}

void dial_batch::add(record_answered ask, pg::asker<std::string> who) {
  const auto key = ask.tenant;
  add_to(answered_, key, std::move(ask), std::move(who));
  ++size_;
}

void dial_batch::add(record_progress ask, pg::asker<progress_answer> who) {
  const auto key = ask.tenant;
  add_to(progress_, key, std::move(ask), std::move(who));
  ++size_;
}

std::string dial_batch::now() const {
  return pg::sql_time(clock_());
}

std::vector<pg::job> dial_batch::take() {
  std::vector<pg::job> out;
  const auto deadline = std::chrono::steady_clock::now() + patience_;
  const auto at = now();
  for (auto& [tenant, group] : progress_)
    out.push_back(pg::make_batch_job(
        tenant,
        deadline,
        group,
        0,
        group->entries.size(),
        [this, at](auto& txn, auto& all, std::size_t from, std::size_t to) {
          pg::dial::progress_rows(txn, all, from, to, options_, at);
        }));
  for (auto& [tenant, group] : answered_)
    out.push_back(
        pg::make_batch_job(tenant,
                           deadline,
                           group,
                           0,
                           group->entries.size(),
                           [at](auto& txn, auto& all, std::size_t from, std::size_t to) {
                             pg::dial::answer_rows(txn, all, from, to, at);
                           }));
  for (auto& [key, group] : marks_)
    out.push_back(
        pg::make_batch_job(std::get<0>(key),
                           deadline,
                           group,
                           0,
                           group->entries.size(),
                           [at](auto& txn, auto& all, std::size_t from, std::size_t to) {
                             pg::dial::mark_rows(txn, all, from, to, at);
                           }));
  for (auto& each : singles_)
    out.push_back(std::move(each));
  progress_.clear();
  answered_.clear();
  marks_.clear();
  singles_.clear();
  size_ = 0;
  return out;
}

} // namespace caly
