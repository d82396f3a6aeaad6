#include "runtime/base/error.hpp"
#include "tests/contract/dial_fixture.hpp"

#include <boost/test/data/test_case.hpp>

/// Requests that wait for the store together, of one tenant or of several, are answered
/// as if each had come alone.
namespace caly::test {

using namespace std::chrono_literals;

namespace {

/// Sends them all before the first is answered; the answers in their order, none for a
/// failure.
template <class Answer, class Request>
std::vector<std::optional<Answer>> ask_all(dial_fixture& dial,
                                           const std::vector<Request>& requests) {
  std::vector<std::optional<Answer>> out(requests.size());
  std::vector<decltype(dial.self->request(dial.store, 20s, requests[0]))> waiting;
  for (const auto& each : requests)
    waiting.push_back(dial.self->request(dial.store, 20s, each));
  for (std::size_t i = 0; i < waiting.size(); ++i)
    waiting[i].receive([&](Answer& answer) { out[i] = std::move(answer); },
                       [](caf::error&) {});
  return out;
}

/// Another tenant with a campaign of `rows` people.
struct neighbour {
  tenant_id tenant = tenant_id::make();
  agent_id agent = agent_id::make();
  campaign_id campaign = campaign_id::make();
  fence_token owner{shard_of(tenant), 7, "node-a"};

  neighbour(dial_fixture& dial, int rows) {
    dial.world->own_shard(owner.shard, owner.node, owner.fence);
    dial.world->add_tenant(tenant, {});
    dial.world->add_agent(tenant, agent);
    dial.world->add_campaign(tenant, campaign, agent, {});
    for (int i = 0; i < rows; ++i) {
      const auto contact = contact_id::make();
      dial.world->add_contact(
          tenant, contact, dial_fixture::phone(900'000 + i), "Asia/Kolkata");
      dial.world->enqueue(tenant, campaign, contact, i + 1);
    }
  }
};

record_answered placed_of(const tenant_id& tenant, const call_id& call) {
  return {tenant, call, create_result::placed, "CA" + call.sql(), "", 0};
}

record_progress event_of(const tenant_id& tenant,
                         const call_id& call,
                         const std::string& status,
                         std::int64_t at_ms) {
  return {tenant, call, status, "CA" + call.sql(), status, 0, "", at_ms};
}

} // namespace

BOOST_AUTO_TEST_SUITE(dial_store_together)

DIAL_PROMISE(reserves_for_tenants_side_by_side_within_the_system_limit) {
  dial.add_tenant();
  const auto campaign = dial.fill(4);
  const neighbour other{dial, 4};
  dial.world->set_system_cap(5);
  const auto got = ask_all<reservation, reserve_calls>(
      dial,
      {{dial.tenant, campaign, dial.owner, dial_fixture::new_ids(4)},
       {other.tenant, other.campaign, other.owner, dial_fixture::new_ids(4)}});
  BOOST_REQUIRE(got[0] && got[1]);
  BOOST_CHECK_EQUAL(got[0]->calls.size() + got[1]->calls.size(), 5u);
  BOOST_CHECK_EQUAL(dial.world->lines(dial.tenant).system_used, 5);
  for (const auto& [tenant, answer] :
       {std::pair{dial.tenant, got[0]}, std::pair{other.tenant, got[1]}})
    for (const auto& call : answer->calls) {
      const auto ended = ask_all<progress_answer, record_progress>(
          dial, {event_of(tenant, call.id, "busy", dial.now_ms)});
      BOOST_CHECK(ended[0] && ended[0]->effect == progress_effect::ended);
    }
}

DIAL_PROMISE(a_tenant_that_asks_twice_at_once_stays_within_its_lines) {
  dial.add_tenant({.cap = 3});
  const auto first = dial.fill(3);
  const auto second = dial.fill(3);
  const auto got = ask_all<reservation, reserve_calls>(
      dial,
      {{dial.tenant, first, dial.owner, dial_fixture::new_ids(2)},
       {dial.tenant, second, dial.owner, dial_fixture::new_ids(2)}});
  BOOST_REQUIRE(got[0] && got[1]);
  BOOST_CHECK_EQUAL(got[0]->calls.size(), 2u);
  BOOST_CHECK_EQUAL(got[1]->calls.size(), 1u);
  BOOST_CHECK(got[1]->stop == reserve_stop::tenant_at_capacity);
}

DIAL_PROMISE(a_stale_fence_stops_its_own_calls_only) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const neighbour other{dial, 1};
  const auto mine = dial.reserve(campaign, 1).calls.at(0).id;
  const auto theirs = ask_all<reservation, reserve_calls>(
      dial, {{other.tenant, other.campaign, other.owner, dial_fixture::new_ids(1)}});
  BOOST_REQUIRE(theirs[0] && theirs[0]->calls.size() == 1);
  const auto their_call = theirs[0]->calls[0].id;
  auto stale = other.owner;
  stale.fence = 6;
  const auto got = ask_all<sendable_calls, mark_sending>(
      dial, {{dial.tenant, dial.owner, {mine}}, {other.tenant, stale, {their_call}}});
  BOOST_REQUIRE(got[0]);
  BOOST_CHECK_EQUAL(got[0]->calls.size(), 1u);
  BOOST_CHECK(!got[1]);
  const auto ended = ask_all<progress_answer, record_progress>(
      dial, {event_of(other.tenant, their_call, "busy", dial.now_ms)});
  BOOST_CHECK(ended[0] && ended[0]->effect == progress_effect::ended);
}

DIAL_PROMISE(never_touches_a_neighbours_call_that_waits_in_the_same_batch) {
  dial.add_tenant();
  const auto campaign = dial.fill(2);
  const neighbour other{dial, 1};
  const auto got = dial.reserve(campaign, 2);
  const auto mine = got.calls.at(0).id;
  const auto probed = got.calls.at(1).id;
  dial.mark({mine, probed});
  const auto states = ask_all<std::string, record_answered>(
      dial, {placed_of(dial.tenant, mine), placed_of(other.tenant, probed)});
  BOOST_REQUIRE(states[0] && states[1]);
  BOOST_CHECK_EQUAL(*states[0], "placed");
  BOOST_CHECK_EQUAL(*states[1], "not_found");
  const auto effects = ask_all<progress_answer, record_progress>(
      dial,
      {event_of(dial.tenant, mine, "ringing", dial.now_ms),
       event_of(other.tenant, probed, "completed", dial.now_ms)});
  BOOST_REQUIRE(effects[0] && effects[1]);
  BOOST_CHECK(effects[0]->effect == progress_effect::applied);
  BOOST_CHECK(effects[1]->effect == progress_effect::unknown_call);
  BOOST_CHECK_EQUAL(dial.call(probed).state, "sending");
}

DIAL_PROMISE(settles_a_call_once_when_its_end_comes_twice_at_once) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.placed(campaign);
  auto again = event_of(dial.tenant, id, "completed", dial.now_ms);
  again.key = "completed:2";
  const auto effects = ask_all<progress_answer, record_progress>(
      dial,
      {event_of(dial.tenant, id, "ringing", dial.now_ms),
       event_of(dial.tenant, id, "completed", dial.now_ms),
       event_of(dial.tenant, id, "completed", dial.now_ms),
       again});
  BOOST_REQUIRE(effects[0] && effects[1] && effects[2] && effects[3]);
  BOOST_CHECK(effects[0]->effect == progress_effect::applied);
  BOOST_CHECK(effects[1]->effect == progress_effect::ended);
  BOOST_CHECK(effects[2]->effect == progress_effect::duplicate);
  BOOST_CHECK(effects[3]->effect == progress_effect::stale);
}

DIAL_PROMISE(two_refusals_of_one_call_settle_it_once) {
  dial.add_tenant();
  const auto campaign = dial.fill(1);
  const auto id = dial.reserve(campaign, 1).calls.at(0).id;
  dial.mark({id});
  const record_answered no{dial.tenant, id, create_result::refused, "", "21211", 0};
  for (const auto& each : ask_all<std::string, record_answered>(dial, {no, no}))
    BOOST_CHECK(each && *each == "not_placed");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
