#include "runtime/base/error.hpp"
#include "tests/contract/dial_fixture.hpp"

#include <boost/test/data/test_case.hpp>

namespace caly::test {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dial_store_reserve)

DIAL_PROMISE(reserves_rows_in_file_order_with_all_that_a_dial_needs) {
  dial.add_tenant();
  const auto campaign = dial.fill(5);
  const auto got = dial.reserve(campaign, 3);
  BOOST_REQUIRE_EQUAL(got.calls.size(), 3u);
  BOOST_CHECK(got.stop == reserve_stop::none);
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_CHECK(got.calls[i].contact == dial.people[i]);
    BOOST_CHECK_EQUAL(got.calls[i].to, dial_fixture::phone(static_cast<int>(i) + 1));
    BOOST_CHECK_EQUAL(got.calls[i].from, "+12025550100");
    BOOST_CHECK_EQUAL(got.calls[i].attempt_no, 1);
    BOOST_CHECK(got.calls[i].agent == dial.agent);
    BOOST_CHECK_EQUAL(dial.call(got.calls[i].id).state, "reserved");
    BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[i]).state, "dialing");
  }
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).held, 360);
}

DIAL_PROMISE(the_same_ids_again_are_the_same_attempts) {
  dial.add_tenant();
  const auto campaign = dial.fill(5);
  const auto ids = dial_fixture::new_ids(3);
  const auto first = dial.reserve_as(campaign, ids);
  const auto again = dial.reserve_as(campaign, ids);
  BOOST_REQUIRE_EQUAL(again.calls.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_CHECK(again.calls[i].contact == first.calls[i].contact);
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 3);
}

DIAL_PROMISE(keeps_the_tenants_limit) {
  dial.add_tenant({.cap = 2});
  const auto campaign = dial.fill(5);
  const auto got = dial.reserve(campaign, 4);
  BOOST_CHECK_EQUAL(got.calls.size(), 2u);
  BOOST_CHECK(got.stop == reserve_stop::tenant_at_capacity);
  BOOST_CHECK_EQUAL(dial.reserve(campaign, 1).calls.size(), 0u);
}

DIAL_PROMISE(keeps_the_systems_limit) {
  dial.add_tenant();
  dial.world->set_system_cap(3);
  const auto campaign = dial.fill(5);
  const auto got = dial.reserve(campaign, 4);
  BOOST_CHECK_EQUAL(got.calls.size(), 3u);
  BOOST_CHECK(got.stop == reserve_stop::system_at_capacity);
}

DIAL_PROMISE(keeps_the_campaigns_own_limit) {
  dial.add_tenant();
  const auto campaign = dial.fill(5, {.concurrency = 2});
  const auto got = dial.reserve(campaign, 4);
  BOOST_CHECK_EQUAL(got.calls.size(), 2u);
  BOOST_CHECK(got.stop == reserve_stop::campaign_at_capacity);
}

DIAL_PROMISE(reserves_no_more_than_the_balance_covers) {
  dial.add_tenant({.balance = 250});
  const auto campaign = dial.fill(5);
  const auto got = dial.reserve(campaign, 4);
  BOOST_CHECK_EQUAL(got.calls.size(), 2u);
  BOOST_CHECK(got.stop == reserve_stop::no_credit);
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).balance, 10);
}

DIAL_PROMISE(no_credit_is_final_only_when_nothing_held_can_come_back) {
  dial.add_tenant({.balance = 250});
  const auto campaign = dial.fill(5);
  const auto calls = dial.reserve(campaign, 2).calls;
  const auto full = dial.reserve(campaign, 2);
  BOOST_CHECK(full.stop == reserve_stop::no_credit);
  BOOST_CHECK_GT(full.wait_until_ms, 0);
  for (const auto& call : calls) {
    dial.mark({call.id});
    dial.answered(call.id, create_result::placed);
    dial.progress(call.id, "completed", 90);
  }
  const auto spent = dial.reserve(campaign, 2);
  BOOST_CHECK(spent.calls.empty());
  BOOST_CHECK(spent.stop == reserve_stop::no_credit);
  BOOST_CHECK_EQUAL(spent.wait_until_ms, 0);
}

DIAL_PROMISE(keeps_the_pace_of_the_calling_number, 1.0) {
  dial.add_tenant();
  const auto campaign = dial.fill(5);
  const auto other = dial.fill(1, {.from = "+12025550199"});
  const auto first = dial.reserve(campaign, 3);
  BOOST_CHECK_EQUAL(first.calls.size(), 1u);
  BOOST_CHECK(first.stop == reserve_stop::number_rate);
  BOOST_CHECK_EQUAL(dial.reserve(other, 1).calls.size(), 1u);
  const auto early = dial.reserve(campaign, 3);
  BOOST_CHECK(early.calls.empty());
  BOOST_CHECK_EQUAL(early.wait_until_ms, dial.now_ms + 1000);
  dial.advance(1s);
  BOOST_CHECK_EQUAL(dial.reserve(campaign, 3).calls.size(), 1u);
}

DIAL_PROMISE(gives_nothing_under_a_fence_that_is_not_the_newest) {
  dial.add_tenant();
  const auto campaign = dial.fill(2);
  dial.world->own_shard(dial.owner.shard, "node-b", 8);
  BOOST_CHECK(dial.reserve(campaign, 1).stop == reserve_stop::fenced);
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 0);
}

DIAL_PROMISE(gives_nothing_of_a_campaign_that_does_not_run) {
  dial.add_tenant();
  const auto campaign = dial.fill(2);
  dial.world->set_status(dial.tenant, campaign, "paused");
  BOOST_CHECK(dial.reserve(campaign, 1).stop == reserve_stop::not_running);
}

DIAL_PROMISE(says_when_the_next_row_is_due_and_when_none_is_left) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto call = dial.placed(campaign);
  auto got = dial.reserve(campaign, 1);
  BOOST_CHECK(got.stop == reserve_stop::nothing_due);
  BOOST_CHECK_EQUAL(got.wait_until_ms, 0);
  BOOST_CHECK(dial.progress(call, "busy") == progress_effect::ended);
  got = dial.reserve(campaign, 1);
  BOOST_CHECK(got.stop == reserve_stop::nothing_due);
  BOOST_CHECK_EQUAL(got.wait_until_ms, dial.now_ms + 1'800'000);
}

DIAL_PROMISE(never_dials_a_number_on_the_do_not_call_list) {
  dial.add_tenant();
  const auto campaign = dial.fill(3);
  dial.world->suppress(dial.tenant, dial_fixture::phone(1));
  const auto got = dial.reserve(campaign, 3);
  BOOST_CHECK_EQUAL(got.calls.size(), 2u);
  const auto row = dial.row(campaign, dial.people[0]);
  BOOST_CHECK_EQUAL(row.state, "suppressed");
  BOOST_CHECK_EQUAL(row.reason, "do_not_call");
}

DIAL_PROMISE(keeps_the_calling_window_in_the_persons_own_zone) {
  dial.add_tenant();
  // Saturday 15:14 in Kolkata; the window opens on Monday at 09:00 = 03:30 UTC.
  const auto campaign = dial.fill(1, {.window = true});
  auto got = dial.reserve(campaign, 1);
  BOOST_CHECK(got.calls.empty());
  const std::int64_t monday = 1'795'404'600'000;
  BOOST_CHECK_EQUAL(got.wait_until_ms, monday);
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).reason, "calling_window");
  dial.now_ms = monday;
  BOOST_CHECK_EQUAL(dial.reserve(campaign, 1).calls.size(), 1u);
}

DIAL_PROMISE(does_not_dial_into_a_window_of_an_unknown_zone) {
  dial.add_tenant();
  const auto campaign = dial.add_campaign({.window = true});
  const auto nowhere = dial.enqueue(campaign, dial.add_contact(""));
  const auto wrong = dial.enqueue(campaign, dial.add_contact("Mars/Olympus"));
  BOOST_CHECK(dial.reserve(campaign, 2).calls.empty());
  BOOST_CHECK_EQUAL(dial.row(campaign, nowhere).reason, "unknown_time_zone");
  BOOST_CHECK_EQUAL(dial.row(campaign, wrong).state, "suppressed");
}

DIAL_PROMISE(keeps_the_gap_between_calls_to_one_person_over_campaigns) {
  dial.add_tenant({.contact_gap_s = 3600});
  const auto first = dial.fill(1);
  const auto call = dial.placed(first);
  dial.progress(call, "completed", 10);
  const auto second = dial.add_campaign();
  dial.enqueue(second, dial.people[0]);
  dial.advance(59min);
  const auto got = dial.reserve(second, 1);
  BOOST_CHECK(got.calls.empty());
  BOOST_CHECK_EQUAL(dial.row(second, dial.people[0]).reason, "contact_gap");
  BOOST_CHECK_EQUAL(got.wait_until_ms, dial.now_ms + 60'000);
  dial.advance(1min);
  BOOST_CHECK_EQUAL(dial.reserve(second, 1).calls.size(), 1u);
}

DIAL_PROMISE(keeps_the_daily_number_of_calls_to_one_person_over_campaigns) {
  dial.add_tenant({.daily_cap = 1});
  const auto first = dial.fill(1);
  dial.progress(dial.placed(first), "completed", 10);
  const auto second = dial.add_campaign();
  dial.enqueue(second, dial.people[0]);
  const auto got = dial.reserve(second, 1);
  BOOST_CHECK(got.calls.empty());
  BOOST_CHECK_EQUAL(dial.row(second, dial.people[0]).reason, "daily_cap");
  BOOST_CHECK_EQUAL(got.wait_until_ms, 1'795'285'800'000); // midnight in Kolkata
  dial.now_ms = got.wait_until_ms;
  BOOST_CHECK_EQUAL(dial.reserve(second, 1).calls.size(), 1u);
}

DIAL_PROMISE(has_one_live_call_to_a_person_over_campaigns) {
  dial.add_tenant();
  const auto first = dial.fill(1);
  dial.placed(first);
  const auto second = dial.add_campaign();
  dial.enqueue(second, dial.people[0]);
  BOOST_CHECK(dial.reserve(second, 1).calls.empty());
  BOOST_CHECK_EQUAL(dial.row(second, dial.people[0]).reason, "other_call_live");
  BOOST_CHECK_EQUAL(dial.row(second, dial.people[0]).state, "pending");
}

DIAL_PROMISE(passes_over_rows_that_must_wait_to_those_behind_them) {
  dial.add_tenant();
  const auto campaign = dial.add_campaign();
  for (int i = 0; i < 150; ++i) {
    dial.enqueue(campaign, dial.add_contact());
    dial.world->suppress(dial.tenant, dial_fixture::phone(dial.contacts));
  }
  const auto last = dial.enqueue(campaign, dial.add_contact());
  const auto got = dial.reserve(campaign, 4);
  BOOST_REQUIRE_EQUAL(got.calls.size(), 1u);
  BOOST_CHECK(got.calls[0].contact == last);
  BOOST_CHECK(got.stop == reserve_stop::nothing_due);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
