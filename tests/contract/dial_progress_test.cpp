#include "runtime/base/error.hpp"
#include "tests/contract/dial_fixture.hpp"

#include <boost/test/data/test_case.hpp>

#include <algorithm>
#include <random>

namespace caly::test {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dial_store_progress)

DIAL_PROMISE(follows_a_call_to_its_end_and_charges_exactly_the_talk_time) {
  dial.add_tenant({.balance = 1000});
  const auto campaign = dial.fill(1);
  const auto id = dial.placed(campaign);
  BOOST_CHECK(dial.progress(id, "ringing") == progress_effect::applied);
  BOOST_CHECK(dial.progress(id, "in_progress") == progress_effect::applied);
  dial.advance(47s);
  BOOST_CHECK(dial.progress(id, "completed", 47) == progress_effect::ended);
  const auto call = dial.call(id);
  BOOST_CHECK_EQUAL(call.state, "ended");
  BOOST_CHECK_EQUAL(call.status, "completed");
  BOOST_CHECK_EQUAL(call.charged, 47);
  BOOST_CHECK_EQUAL(call.analysis, "pending");
  const auto money = dial.world->money(dial.tenant);
  BOOST_CHECK_EQUAL(money.balance, 953);
  BOOST_CHECK_EQUAL(money.held, 0);
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).state, "done");
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 0);
}

DIAL_PROMISE(any_order_of_a_calls_events_comes_to_the_same_end) {
  dial.add_tenant();

  struct event {
    const char* status;
    std::int64_t at_s;
    int duration_s;
  };

  std::array<event, 4> events{{{"dialing", 0, -1},
                               {"ringing", 2, -1},
                               {"in_progress", 10, -1},
                               {"completed", 40, 30}}};
  std::array<int, 4> order{0, 1, 2, 3};
  std::optional<call_seen> end;
  do {
    const auto campaign = dial.fill(1);
    const auto id = dial.placed(campaign);
    const auto start = dial.now_ms.load();
    dial.advance(60s);
    for (const auto i : order) {
      const auto& each = events[static_cast<std::size_t>(i)];
      record_progress sent{dial.tenant,
                           id,
                           each.status,
                           "CA" + id.sql(),
                           each.status,
                           {},
                           {},
                           start + each.at_s * 1000};
      if (each.duration_s >= 0)
        sent.duration_s = each.duration_s;
      BOOST_REQUIRE(dial.ask<progress_answer>(sent));
    }
    auto seen = dial.call(id);
    seen.provider_call_id.clear();
    if (!end)
      end = seen;
    BOOST_CHECK(seen == *end);
    BOOST_CHECK_EQUAL(seen.charged, 30);
    BOOST_CHECK_EQUAL(dial.row(campaign, dial.people.back()).state, "done");
  } while (std::next_permutation(order.begin(), order.end()));
}

DIAL_PROMISE(a_repeated_event_changes_nothing) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.placed(campaign);
  BOOST_CHECK(dial.progress(id, "ringing") == progress_effect::applied);
  BOOST_CHECK(dial.progress(id, "ringing") == progress_effect::duplicate);
  dial.progress(id, "completed", 5);
  const auto money = dial.world->money(dial.tenant);
  BOOST_CHECK(dial.progress(id, "completed", 5) == progress_effect::duplicate);
  BOOST_CHECK(dial.progress(id, "completed", 99, "", "again") == progress_effect::stale);
  BOOST_CHECK(dial.progress(id, "ringing", {}, "", "late") == progress_effect::stale);
  BOOST_CHECK(dial.world->money(dial.tenant) == money);
  BOOST_CHECK_EQUAL(dial.call(id).status, "completed");
}

DIAL_PROMISE(a_status_never_goes_back) {
  dial.add_tenant();
  const auto id = dial.placed(dial.fill(1));
  BOOST_CHECK(dial.progress(id, "in_progress") == progress_effect::applied);
  BOOST_CHECK(dial.progress(id, "ringing") == progress_effect::stale);
  BOOST_CHECK_EQUAL(dial.call(id).status, "in_progress");
}

DIAL_PROMISE(knows_only_calls_of_the_tenant) {
  dial.add_tenant();
  BOOST_CHECK(dial.progress(call_id::make(), "ringing") == progress_effect::unknown_call);
  const auto id = dial.placed(dial.fill(1));
  const auto mine = dial.tenant;
  dial.tenant = tenant_id::make();
  BOOST_CHECK(dial.progress(id, "completed", 9) == progress_effect::unknown_call);
  dial.tenant = mine;
  BOOST_CHECK_EQUAL(dial.call(id).state, "placed");
}

DIAL_PROMISE(an_event_may_be_faster_than_the_answer_to_the_create) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  dial.mark({id});
  BOOST_CHECK(dial.progress(id, "ringing") == progress_effect::applied);
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::placed), "placed");
  BOOST_CHECK_EQUAL(dial.call(id).status, "ringing");
  dial.progress(id, "completed", 5);
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::unknown), "ended");
}

DIAL_PROMISE(a_machine_that_answers_is_voicemail) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.placed(campaign);
  dial.progress(id, "in_progress", {}, "machine_start");
  dial.progress(id, "completed", 12);
  BOOST_CHECK_EQUAL(dial.call(id).status, "voicemail");
  BOOST_CHECK_EQUAL(dial.call(id).charged, 12);
  const auto row = dial.row(campaign, dial.people[0]);
  BOOST_CHECK_EQUAL(row.state, "pending");
  BOOST_CHECK_EQUAL(row.reason, "retry_voicemail");
  BOOST_CHECK_EQUAL(row.next_at_ms, dial.now_ms + 14'400'000);
}

DIAL_PROMISE(each_outcome_is_dialed_again_after_its_own_delay_until_attempts_run_out) {
  dial.add_tenant();
  const auto campaign = dial.fill(1, {.max_attempts = 3});
  const auto try_once = [&](const std::string& status, std::int64_t delay_s) {
    const auto id = dial.placed(campaign);
    dial.progress(id, status);
    const auto row = dial.row(campaign, dial.people[0]);
    BOOST_CHECK_EQUAL(row.state, "pending");
    BOOST_CHECK_EQUAL(row.last_outcome, status);
    BOOST_CHECK_EQUAL(row.next_at_ms, dial.now_ms + delay_s * 1000);
    dial.advance(std::chrono::seconds{delay_s});
  };
  try_once("busy", 1800);
  try_once("no_answer", 3600);
  const auto last = dial.placed(campaign);
  dial.progress(last, "failed");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).state, "exhausted");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).attempts, 3);
}

DIAL_PROMISE(a_stopped_campaign_dials_nobody_again) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.placed(campaign);
  dial.world->set_status(dial.tenant, campaign, "stopped");
  dial.progress(id, "busy");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).state, "cancelled");
}

DIAL_PROMISE(a_call_that_comes_back_from_the_dead_takes_its_permits_by_force) {
  dial.add_tenant({.cap = 1});
  const auto campaign = dial.fill(2);
  const auto id = dial.unknown(campaign);
  dial.advance(31s);
  dial.ask<std::string>(record_missed{dial.tenant, id});
  dial.advance(30s);
  dial.ask<std::string>(record_missed{dial.tenant, id});
  BOOST_REQUIRE_EQUAL(dial.call(id).state, "lost");
  dial.placed(campaign); // the only line is taken again
  BOOST_CHECK(dial.progress(id, "ringing") == progress_effect::ghost);
  BOOST_CHECK(dial.call(id).overdraft);
  auto lines = dial.world->lines(dial.tenant);
  BOOST_CHECK_EQUAL(lines.tenant_used, 2);
  BOOST_CHECK_EQUAL(lines.live, 2);
  BOOST_CHECK(dial.progress(id, "completed", 3) == progress_effect::ended);
  BOOST_CHECK_EQUAL(dial.call(id).charged, 3);
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).tenant_used, 1);
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).state, "exhausted");
}

DIAL_PROMISE(a_late_yes_to_a_create_that_was_given_up_is_a_ghost_too) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.unknown(campaign);
  dial.advance(31s);
  dial.ask<std::string>(record_missed{dial.tenant, id});
  dial.advance(30s);
  dial.ask<std::string>(record_missed{dial.tenant, id});
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::placed), "ghost");
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 1);
  dial.progress(id, "canceled", 0);
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 0);
}

DIAL_PROMISE(a_long_call_holds_more_until_the_balance_ends) {
  dial.add_tenant({.balance = 300});
  const auto id = dial.placed(dial.fill(1));
  dial.progress(id, "in_progress");
  const auto extend = [&](std::int32_t number) {
    return *dial.ask<bool>(extend_hold{dial.tenant, id, number});
  };
  BOOST_CHECK(extend(2));
  BOOST_CHECK(extend(2)); // again: nothing more
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).held, 180);
  BOOST_CHECK(extend(3));
  BOOST_CHECK(extend(4));
  BOOST_CHECK(!extend(5));
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).balance, 0);
  dial.progress(id, "completed", 290);
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).balance, 10);
  BOOST_CHECK(!extend(6));
}

DIAL_PROMISE(talk_beyond_the_hold_is_charged_as_far_as_the_balance_goes) {
  dial.add_tenant({.balance = 200});
  const auto id = dial.placed(dial.fill(1));
  dial.progress(id, "completed", 500);
  BOOST_CHECK_EQUAL(dial.call(id).charged, 200);
  const auto money = dial.world->money(dial.tenant);
  BOOST_CHECK_EQUAL(money.balance, 0);
  BOOST_CHECK_EQUAL(money.held, 0);
}

DIAL_PROMISE(an_end_without_a_duration_is_charged_by_the_clock) {
  dial.add_tenant({.balance = 1000});
  const auto id = dial.placed(dial.fill(1));
  dial.progress(id, "in_progress");
  dial.advance(20500ms);
  dial.progress(id, "completed");
  BOOST_CHECK_EQUAL(dial.call(id).charged, 21);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
