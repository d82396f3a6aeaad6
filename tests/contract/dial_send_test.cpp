#include "runtime/base/error.hpp"
#include "tests/contract/dial_fixture.hpp"

#include <boost/test/data/test_case.hpp>

namespace caly::test {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dial_store_send)

DIAL_PROMISE(marks_a_reserved_call_for_sending_once) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  BOOST_CHECK_EQUAL(dial.mark({id}).size(), 1u);
  // The same request, answered again: the first answer may have been lost.
  BOOST_CHECK_EQUAL(dial.mark({id}).size(), 1u);
  // A later request could send it a second time.
  dial.advance(1ms);
  BOOST_CHECK(dial.mark({id}).empty());
  BOOST_CHECK_EQUAL(dial.call(id).state, "sending");
}

DIAL_PROMISE(refuses_to_mark_under_a_stale_fence) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  dial.world->own_shard(dial.owner.shard, "node-b", 8);
  const auto answer =
      dial.ask<sendable_calls>(mark_sending{dial.tenant, dial.owner, {id}});
  BOOST_REQUIRE(!answer);
  BOOST_CHECK(answer.error() == errc::fenced);
  BOOST_CHECK_EQUAL(dial.call(id).state, "reserved");
}

DIAL_PROMISE(does_not_send_to_a_number_that_was_suppressed_meanwhile) {
  dial.add_tenant();
  const auto campaign = dial.fill(2);
  const auto got = dial.reserve(campaign, 2);
  dial.world->suppress(dial.tenant, got.calls[0].to);
  const auto sendable = dial.mark({got.calls[0].id, got.calls[1].id});
  BOOST_REQUIRE_EQUAL(sendable.size(), 1u);
  BOOST_CHECK(sendable[0] == got.calls[1].id);
  BOOST_CHECK_EQUAL(dial.call(got.calls[0].id).state, "not_placed");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).state, "suppressed");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).reason, "do_not_call");
}

DIAL_PROMISE(puts_a_row_back_uncounted_when_its_campaign_was_paused_meanwhile) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  dial.world->set_status(dial.tenant, campaign, "paused");
  BOOST_CHECK(dial.mark({id}).empty());
  const auto row = dial.row(campaign, dial.people[0]);
  BOOST_CHECK_EQUAL(row.state, "pending");
  BOOST_CHECK_EQUAL(row.attempts, 0);
  BOOST_CHECK_EQUAL(row.reason, "campaign_paused");
  dial.world->set_status(dial.tenant, campaign, "running");
  BOOST_CHECK_EQUAL(dial.reserve(campaign, 1).calls.size(), 1u);
}

DIAL_PROMISE(a_refused_create_ends_the_row_and_frees_everything) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  dial.mark({id});
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::refused, "invalid_number"),
                    "not_placed");
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::refused, "invalid_number"),
                    "not_placed");
  const auto row = dial.row(campaign, dial.people[0]);
  BOOST_CHECK_EQUAL(row.state, "exhausted");
  BOOST_CHECK_EQUAL(row.last_outcome, "refused");
  BOOST_CHECK_EQUAL(row.reason, "invalid_number");
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 0);
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).held, 0);
}

DIAL_PROMISE(a_throttled_create_is_tried_again_later_and_not_counted) {
  dial.add_tenant();
  const auto campaign = dial.fill(1, {.max_attempts = 1});
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  dial.mark({id});
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::throttled, "", 30), "not_placed");
  const auto row = dial.row(campaign, dial.people[0]);
  BOOST_CHECK_EQUAL(row.state, "pending");
  BOOST_CHECK_EQUAL(row.attempts, 0);
  BOOST_CHECK_EQUAL(row.next_at_ms, dial.now_ms + 30'000);
}

DIAL_PROMISE(an_unknown_create_keeps_its_permit_and_is_never_sent_again) {
  dial.add_tenant({.cap = 1});
  const auto campaign = dial.fill(2);
  const auto id = dial.unknown(campaign);
  BOOST_CHECK(dial.mark({id}).empty() || dial.call(id).state == "unknown");
  BOOST_CHECK(dial.reserve(campaign, 1).stop == reserve_stop::tenant_at_capacity);
  BOOST_CHECK_EQUAL(dial.call(id).state, "unknown");
  BOOST_CHECK_EQUAL(dial.answered(id, create_result::placed), "placed");
  BOOST_CHECK_EQUAL(dial.call(id).end_reason, "");
}

DIAL_PROMISE(a_call_is_lost_after_two_misses_far_enough_apart) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.unknown(campaign);
  const auto miss = [&] {
    return *dial.ask<std::string>(record_missed{dial.tenant, id});
  };
  BOOST_CHECK_EQUAL(miss(), "unknown"); // too early to count
  dial.advance(31s);
  BOOST_CHECK_EQUAL(miss(), "unknown"); // the first
  dial.advance(29s);
  BOOST_CHECK_EQUAL(miss(), "unknown"); // too close to the first
  dial.advance(1s);
  BOOST_CHECK_EQUAL(miss(), "lost");
  BOOST_CHECK_EQUAL(miss(), "lost");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).state, "exhausted");
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 0);
  BOOST_CHECK_EQUAL(dial.world->money(dial.tenant).held, 0);
}

DIAL_PROMISE(a_lost_call_is_dialed_again_only_where_the_campaign_wants_it) {
  dial.add_tenant();
  const auto campaign = dial.fill(1, {.retry_lost = true});
  const auto id = dial.unknown(campaign);
  dial.advance(31s);
  dial.ask<std::string>(record_missed{dial.tenant, id});
  dial.advance(30s);
  dial.ask<std::string>(record_missed{dial.tenant, id});
  const auto row = dial.row(campaign, dial.people[0]);
  BOOST_CHECK_EQUAL(row.state, "pending");
  BOOST_CHECK_EQUAL(row.reason, "retry_lost");
  BOOST_CHECK_EQUAL(row.next_at_ms, dial.now_ms + 900'000);
}

DIAL_PROMISE(a_new_owner_undoes_what_was_not_sent_and_doubts_what_was) {
  dial.add_tenant();
  const auto campaign = dial.fill(3);
  const auto got = dial.reserve(campaign, 2);
  dial.mark({got.calls[0].id});
  dial.owner = {dial.owner.shard, 8, "node-b"};
  dial.world->own_shard(dial.owner.shard, "node-b", 8);
  const auto fresh = dial.reserve(campaign, 1).calls.at(0).id;
  const auto take = [&] {
    return *dial.ask<taken_over>(take_over_calls{dial.tenant, dial.owner});
  };
  const auto first = take();
  BOOST_CHECK_EQUAL(first.undone, 1);
  BOOST_CHECK_EQUAL(first.doubtful, 1);
  BOOST_CHECK_EQUAL(dial.call(got.calls[0].id).state, "unknown");
  BOOST_CHECK_EQUAL(dial.call(got.calls[1].id).state, "not_placed");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[1]).state, "pending");
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[1]).attempts, 0);
  BOOST_CHECK_EQUAL(dial.call(fresh).state, "reserved");
  const auto again = take();
  BOOST_CHECK_EQUAL(again.undone + again.doubtful, 0);
}

DIAL_PROMISE(only_the_owner_takes_calls_over) {
  dial.add_tenant();
  const auto answer =
      dial.ask<taken_over>(take_over_calls{dial.tenant, {dial.owner.shard, 9, "node-b"}});
  BOOST_REQUIRE(!answer);
  BOOST_CHECK(answer.error() == errc::fenced);
}

DIAL_PROMISE(finds_calls_whose_fate_must_be_asked_for) {
  dial.add_tenant();
  const auto campaign = dial.fill(4);
  const auto reserved = dial.reserve(campaign, 1).calls.at(0).id;
  const auto sending = dial.reserve(campaign, 1).calls.at(0).id;
  dial.mark({sending});
  const auto unknown = dial.unknown(campaign);
  const auto placed = dial.placed(campaign);
  const auto doubtful = [&] {
    std::vector<call_id> out;
    const auto answer = dial.ask<doubtful_calls>(list_doubtful{dial.tenant});
    BOOST_REQUIRE(answer);
    for (const auto& each : answer->calls)
      out.push_back(each.id);
    return out;
  };
  const auto has = [](const auto& list, const call_id& id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  auto found = doubtful();
  BOOST_CHECK_EQUAL(found.size(), 1u);
  BOOST_CHECK(has(found, unknown));
  dial.advance(61s);
  found = doubtful();
  BOOST_CHECK(has(found, sending));
  BOOST_CHECK_EQUAL(dial.call(sending).state, "unknown");
  // Marking needs `reserved`, so this one can never be sent any more.
  BOOST_CHECK_EQUAL(dial.call(reserved).state, "not_placed");
  BOOST_CHECK(!has(found, placed));
  dial.advance(720s);
  BOOST_CHECK(has(doubtful(), placed));
}

DIAL_PROMISE(a_call_that_was_answered_in_the_future_is_asked_about_in_time) {
  dial.add_tenant();
  const auto call = dial.placed(dial.fill(1));
  record_progress event;
  event.tenant = dial.tenant;
  event.call = call;
  event.key = event.status = "in_progress";
  event.at_ms = dial.now_ms + 3'600'000; // by a clock that runs ahead
  BOOST_REQUIRE(dial.ask<progress_answer>(event));
  dial.advance(721s); // ten minutes of talk, two of patience
  const auto found = dial.ask<doubtful_calls>(list_doubtful{dial.tenant});
  BOOST_REQUIRE(found);
  BOOST_CHECK_EQUAL(found->calls.size(), 1u);
}

DIAL_PROMISE(a_call_of_an_owner_that_is_gone_is_asked_about) {
  dial.add_tenant();
  const auto call = dial.placed(dial.fill(1));
  BOOST_CHECK(dial.ask<doubtful_calls>(list_doubtful{dial.tenant})->calls.empty());
  dial.world->own_shard(shard_of(dial.tenant), "node-b", dial.owner.fence + 1);
  const auto found = dial.ask<doubtful_calls>(list_doubtful{dial.tenant});
  BOOST_REQUIRE(found);
  BOOST_REQUIRE_EQUAL(found->calls.size(), 1u);
  BOOST_CHECK(found->calls[0].id == call);
}

DIAL_PROMISE(opens_a_call_outside_campaigns_under_the_same_limits) {
  dial.add_tenant({.balance = 300, .cap = 1});
  open_call ask;
  ask.tenant = dial.tenant;
  ask.owner = dial.owner;
  ask.provider = "twilio";
  ask.call.id = call_id::make();
  ask.call.to = "+919811111111";
  ask.call.from = "+12025550100";
  ask.call.agent = dial.agent;
  const auto first = dial.ask<reserved_call>(ask);
  BOOST_REQUIRE(first);
  BOOST_CHECK(first->id == ask.call.id);
  BOOST_CHECK_EQUAL(first->agent_version, 1);
  BOOST_CHECK(dial.ask<reserved_call>(ask)); // again: the same call
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 1);
  auto other = ask;
  other.call.id = call_id::make();
  BOOST_CHECK(dial.ask<reserved_call>(other).error() == errc::conflict);
  other.call.to = "+919822222222";
  BOOST_CHECK(dial.ask<reserved_call>(other).error() == errc::tenant_at_capacity);
  other.call.agent = agent_id::make();
  BOOST_CHECK(dial.ask<reserved_call>(other).error() == errc::not_found);
  dial.mark({ask.call.id});
  dial.answered(ask.call.id, create_result::placed);
  dial.progress(ask.call.id, "completed", 90);
  dial.world->set_balance(dial.tenant, 119);
  other.call.agent = dial.agent;
  BOOST_CHECK(dial.ask<reserved_call>(other).error() == errc::no_credit);
  dial.world->suppress(dial.tenant, other.call.to);
  BOOST_CHECK(dial.ask<reserved_call>(other).error() == errc::conflict);
}

DIAL_PROMISE(a_single_call_to_the_number_of_a_contact_is_a_call_to_that_person) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  open_call ask;
  ask.tenant = dial.tenant;
  ask.owner = dial.owner;
  ask.provider = "twilio";
  ask.call.id = call_id::make();
  ask.call.to = dial.phone(1);
  ask.call.from = "+12025550100";
  ask.call.agent = dial.agent;
  BOOST_REQUIRE(dial.ask<reserved_call>(ask));
  BOOST_CHECK(dial.reserve(campaign, 1).calls.empty());
  BOOST_CHECK_EQUAL(dial.row(campaign, dial.people[0]).reason, "other_call_live");
}

DIAL_PROMISE(an_inbound_call_that_is_announced_twice_is_one_call) {
  dial.add_tenant();
  open_call ask;
  ask.tenant = dial.tenant;
  ask.inbound = true;
  ask.provider = "twilio";
  ask.provider_call_id = "CAin";
  ask.call.id = call_id::make();
  ask.call.to = "+12025550100";
  ask.call.from = "+919811111111";
  ask.call.agent = dial.agent;
  BOOST_REQUIRE(dial.ask<reserved_call>(ask));
  auto again = ask;
  again.call.id = call_id::make();
  const auto same = dial.ask<reserved_call>(again);
  BOOST_REQUIRE(same);
  BOOST_CHECK(same->id == ask.call.id);
  BOOST_CHECK_EQUAL(dial.call(ask.call.id).state, "placed");
  BOOST_CHECK_EQUAL(dial.call(ask.call.id).status, "ringing");
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).live, 1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
