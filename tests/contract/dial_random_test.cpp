#include "tests/contract/dial_fixture.hpp"

#include <boost/test/data/test_case.hpp>

#include <random>

namespace caly::test {

namespace {

/// Does arbitrary things in arbitrary order and keeps the books right at every step.
class random_walk {
public:
  random_walk(dial_fixture& dial, std::uint32_t seed) : dial_{dial}, random_{seed} {
    campaigns_.push_back(dial_.fill(6, {.max_attempts = 4, .retry_lost = true}));
    campaigns_.push_back(dial_.fill(6, {.concurrency = 3}));
    for (const auto& person : dial_.people)
      if (pick(2) == 0)
        try_enqueue(person);
  }

  void step() {
    switch (pick(12)) {
    case 0:
    case 1:
      reserve();
      break;
    case 2:
      mark();
      break;
    case 3:
      answer();
      break;
    case 4:
    case 5:
    case 6:
      progress();
      break;
    case 7:
      dial_.ask<std::string>(record_missed{dial_.tenant, any_call()});
      break;
    case 8:
      dial_.ask<bool>(extend_hold{dial_.tenant, any_call(), 2 + pick(3)});
      break;
    case 9:
      dial_.ask<doubtful_calls>(list_doubtful{dial_.tenant});
      break;
    case 10:
      dial_.advance(std::chrono::seconds{pick(3600)});
      break;
    default:
      new_owner();
    }
  }

private:
  int pick(int below) { return std::uniform_int_distribution<>{0, below - 1}(random_); }

  void try_enqueue(const contact_id& person) {
    const auto other = dial_.add_campaign();
    dial_.enqueue(other, person);
    campaigns_.push_back(other);
  }

  call_id any_call() {
    if (calls_.empty())
      return call_id::make();
    return calls_[static_cast<std::size_t>(pick(static_cast<int>(calls_.size())))];
  }

  void reserve() {
    const auto& campaign =
        campaigns_[static_cast<std::size_t>(pick(static_cast<int>(campaigns_.size())))];
    for (const auto& call : dial_.reserve(campaign, 1 + pick(3)).calls)
      calls_.push_back(call.id);
  }

  void mark() { dial_.mark({any_call(), any_call()}); }

  void answer() {
    constexpr create_result results[] = {create_result::placed,
                                         create_result::refused,
                                         create_result::throttled,
                                         create_result::unknown};
    dial_.answered(any_call(), results[pick(4)], "said_no", pick(60));
  }

  void progress() {
    constexpr const char* statuses[] = {
        "ringing", "in_progress", "completed", "busy", "no_answer", "failed", "canceled"};
    const std::string status = statuses[pick(7)];
    std::optional<std::int32_t> duration;
    if (status == "completed")
      duration = pick(400);
    dial_.progress(any_call(),
                   status,
                   duration,
                   pick(5) == 0 ? "machine_end_beep" : "",
                   status + std::to_string(pick(2)));
  }

  void new_owner() {
    if (pick(3) != 0)
      return;
    ++dial_.owner.fence;
    dial_.world->own_shard(dial_.owner.shard, "node-a", dial_.owner.fence);
    dial_.ask<taken_over>(take_over_calls{dial_.tenant, dial_.owner});
  }

  dial_fixture& dial_;
  std::mt19937 random_;
  std::vector<campaign_id> campaigns_;
  std::vector<call_id> calls_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(dial_store_random)

DIAL_PROMISE(the_books_add_up_after_any_sequence_of_requests) {
  dial.add_tenant({.balance = 3000, .cap = 6});
  for (std::uint32_t seed = 1; seed <= 3; ++seed) {
    BOOST_TEST_CONTEXT("seed " << seed) {
      random_walk walk{dial, seed};
      for (int i = 0; i < 150; ++i) {
        walk.step();
        if (i % 10 == 0)
          dial.check_books();
      }
      dial.check_books();
    }
  }
}

BOOST_AUTO_TEST_CASE(both_stores_take_the_same_steps) {
  // The same seed on both: ids differ, everything that can be told apart must not.
  std::vector<std::string> traces;
  for (const auto* kind : world_kinds) {
    dial_fixture dial{kind};
    dial.add_tenant({.balance = 2000, .cap = 4});
    const auto campaign = dial.fill(8, {.max_attempts = 2, .retry_lost = true});
    std::mt19937 random{42};
    std::string trace;
    std::vector<call_id> calls;
    for (int i = 0; i < 120; ++i) {
      for (const auto& call : dial.reserve(campaign, 1 + random() % 2).calls)
        calls.push_back(call.id);
      const auto& id = calls[random() % calls.size()];
      dial.mark({id});
      const auto result = static_cast<create_result>(random() % 4);
      trace += dial.answered(id, result, "no", 5) + ' ';
      constexpr const char* statuses[] = {"ringing", "in_progress", "completed", "busy"};
      const auto* status = statuses[random() % 4];
      trace += to_string(dial.progress(
                   calls[random() % calls.size()],
                   status,
                   std::string{status} == "completed"
                       ? std::optional<std::int32_t>{static_cast<int>(random() % 300)}
                       : std::nullopt)) +
               ' ';
      dial.advance(std::chrono::seconds{random() % 900});
    }
    for (const auto& id : calls) {
      const auto call = dial.call(id);
      trace += '\n' + call.state + ' ' + call.status + ' ' +
               std::to_string(call.charged) + ' ' + call.end_reason;
    }
    for (const auto& person : dial.people) {
      const auto row = dial.row(campaign, person);
      trace += '\n' + row.state + ' ' + std::to_string(row.attempts) + ' ' +
               row.last_outcome + ' ' + row.reason;
    }
    traces.push_back(trace);
  }
  BOOST_CHECK_EQUAL(traces[0], traces[1]);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
