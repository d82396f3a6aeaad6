#include "actors/model/shard.hpp"
#include "actors/region/region.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// What the fakes around a region saw and what they answer.
struct world {
  std::vector<run_record> looks;
  std::vector<tenant_id> busy; ///< tenants that have something to do
  std::vector<std::pair<tenant_id, fence_token>> started;
  std::vector<tenant_actor> tenants;
  std::vector<dial_scheduler_actor> schedulers;
  std::vector<line_demand> demands; ///< that reached the scheduler here
  std::vector<line_demand> demands_passed_on;
  std::vector<line_limit> limits; ///< that reached a tenant here
  std::vector<line_limit> limits_passed_on;
  std::vector<wake_tenant> hints; ///< that reached a tenant here
  std::vector<place_single_call> placed;
  std::vector<wake_tenant> passed_on; ///< hints that reached the peer's region
  errc peer_error = errc::none;
  bool peer_silent = false;
  std::vector<caf::typed_response_promise<call_id>> held;
};

records_actor::behavior_type fake_records(records_actor::pointer, world* w) {
  return {
      [=](const run_record& ask) {
        w->looks.push_back(ask);
        record_answer out;
        out.json = "[";
        for (const auto& id : w->busy)
          out.json += (out.json.size() > 1 ? "," : "") +
                      (R"({"tenant_id":")" + id.str()) + R"("})";
        out.json += "]";
        return out;
      },
      [](const get_status&) { return status_report{}; },
  };
}

tenant_actor::behavior_type fake_tenant(tenant_actor::pointer, world* w) {
  return {
      [](const want_dial&) {},
      [](const call_finished&) {},
      [=](const wake_tenant& hint) { w->hints.push_back(hint); },
      [=](const line_limit& limit) { w->limits.push_back(limit); },
      [=](const place_single_call& ask) -> caf::result<call_id> {
        w->placed.push_back(ask);
        if (ask.to == "broke")
          return caf::make_error(errc::no_credit);
        if (ask.to == "fenced")
          return caf::make_error(errc::fenced);
        return ask.call;
      },
      [](const get_status&) { return status_report{}; },
  };
}

dial_scheduler_actor::behavior_type fake_scheduler(dial_scheduler_actor::pointer,
                                                   world* w) {
  return {
      [=](const line_demand& demand) { w->demands.push_back(demand); },
      [](const scheduler_tick&) {},
      [](const get_line_shares&) {
        line_share_list list;
        list.lines = 12;
        return list;
      },
      [](const get_status&) { return status_report{}; },
  };
}

region_actor::behavior_type fake_peer(region_actor::pointer self, world* w) {
  return {
      [](const own_shards&) {},
      [](const peer_changed&) {},
      [=](const wake_tenant& hint) { w->passed_on.push_back(hint); },
      [=](const line_demand& demand) { w->demands_passed_on.push_back(demand); },
      [=](const line_limit& limit) { w->limits_passed_on.push_back(limit); },
      [](const get_line_shares& ask) {
        BOOST_TEST(ask.passed_on);
        line_share_list list;
        list.lines = 34;
        return list;
      },
      [=](const place_single_call& ask) -> caf::result<call_id> {
        if (w->peer_error != errc::none)
          return caf::make_error(w->peer_error);
        if (w->peer_silent) {
          auto promise = self->make_response_promise<call_id>();
          w->held.push_back(promise);
          return promise;
        }
        w->placed.push_back(ask);
        return ask.call;
      },
      [](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  const tenant_id tenant = tenant_id::make();
  const std::int32_t shard = shard_of(tenant);
  const node_identity other{"n2", 5};
  records_actor records = sys.spawn(fake_records, &w);
  region_actor peer = sys.spawn(fake_peer, &w);
  region_actor aut;

  fixture() {
    region_ports ports;
    ports.records = records;
    ports.start_tenant =
        [this](caf::local_actor& parent, const tenant_id& id, const fence_token& fence) {
          w.started.emplace_back(id, fence);
          return w.tenants.emplace_back(parent.spawn(fake_tenant, &w));
        };
    ports.start_scheduler = [this](caf::local_actor& parent, const region_actor&) {
      return w.schedulers.emplace_back(parent.spawn(fake_scheduler, &w));
    };
    aut = spawn<region_actor, region_state>(
        sys, actor_label{"region", "n1", ""}, region_of_node, "n1", ports);
    run();
  }

  ~fixture() { stop(aut); }

  void own(std::int64_t fence) {
    own_shards owned;
    owned.mine.push_back({"tenant", shard, {"n1", 1}, fence});
    self->send(aut, owned);
    run();
  }

  void own_scheduler(std::int64_t fence) {
    own_shards owned;
    owned.mine.push_back({"tenant", shard, {"n1", 1}, 7});
    owned.mine.push_back({"scheduler", 0, {"n1", 1}, fence});
    self->send(aut, owned);
    run();
  }

  void demand() {
    self->send(aut, line_demand{tenant, 1, 2, true});
    run();
  }

  /// The shard is the other node's.
  void lose(std::int64_t fence = 99) {
    own_shards owned;
    owned.others.push_back({"tenant", shard, other, fence});
    self->send(aut, owned);
    run();
  }

  void link(bool up = true) {
    self->send(
        aut, peer_changed{other, up ? caf::actor_cast<caf::actor>(peer) : caf::actor{}});
    run();
  }

  void wake(const std::string& why = "campaign") {
    self->send(aut, wake_tenant{tenant, why});
    run();
  }

  caf::expected<call_id> place(const std::string& to = "+919800000001") {
    place_single_call ask_for;
    ask_for.tenant = tenant;
    ask_for.call = call_id::make();
    ask_for.to = to;
    return ask<call_id>(aut, ask_for);
  }

  /// Why a call is not placed, which is told after five seconds and not before.
  caf::error place_in_vain() {
    place_single_call wish;
    wish.tenant = tenant;
    wish.call = call_id::make();
    auto pending = self->request(aut, caf::infinite, wish);
    run();
    for (int i = 0; i < 24; ++i)
      advance(200ms);
    BOOST_TEST(self->mailbox().empty());
    advance(200ms);
    BOOST_REQUIRE(!self->mailbox().empty());
    caf::error why;
    pending.receive([](const call_id&) { BOOST_ERROR("an answer"); },
                    [&](caf::error& err) { why = std::move(err); });
    return why;
  }
};

BOOST_FIXTURE_TEST_SUITE(region_suite, fixture)

BOOST_AUTO_TEST_CASE(starts_the_tenants_of_its_shards_that_have_something_to_do) {
  w.busy = {tenant};
  advance(1s);
  BOOST_TEST(w.started.empty());
  own(7);
  advance(1s);
  BOOST_REQUIRE(w.started.size() == 1u);
  BOOST_CHECK(w.started[0].first == tenant);
  BOOST_TEST(w.started[0].second.shard == shard);
  BOOST_TEST(w.started[0].second.fence == 7);
  BOOST_TEST(w.started[0].second.node == "n1");
  advance(1s);
  advance(1s);
  BOOST_TEST(w.started.size() == 1u);
  BOOST_TEST(w.looks.back().arguments.at(0).value_or("") ==
             "[" + std::to_string(shard) + "]");
}

BOOST_AUTO_TEST_CASE(never_starts_a_tenant_of_another_shard) {
  auto stranger = tenant_id::make();
  while (shard_of(stranger) == shard)
    stranger = tenant_id::make();
  own(7);
  w.busy = {stranger};
  advance(1s);
  self->send(aut, wake_tenant{stranger, "campaign"});
  run();
  BOOST_TEST(w.started.empty());
}

BOOST_AUTO_TEST_CASE(
    a_tenant_whose_fence_changed_is_killed_and_starts_under_the_new_one) {
  w.busy = {tenant};
  own(7);
  advance(1s);
  own(8);
  const auto reason = exit_reason_of(w.tenants.at(0));
  BOOST_REQUIRE(reason);
  BOOST_CHECK(*reason == errc::fenced);
  advance(1s);
  BOOST_REQUIRE(w.started.size() == 2u);
  BOOST_TEST(w.started[1].second.fence == 8);
}

BOOST_AUTO_TEST_CASE(a_tenant_whose_fence_stayed_lives_on) {
  w.busy = {tenant};
  own(7);
  advance(1s);
  own(7);
  BOOST_TEST(!exit_reason_of(w.tenants.at(0)));
}

BOOST_AUTO_TEST_CASE(a_tenant_of_a_lost_shard_is_killed_before_it_handles_what_waits) {
  own(7);
  wake();
  BOOST_REQUIRE(w.tenants.size() == 1u);
  const auto seen = w.hints.size();
  self->send(w.tenants[0], wake_tenant{tenant, "late"});
  own_shards nothing;
  self->send(aut, nothing);
  sched.prioritize(aut);
  run();
  BOOST_TEST(static_cast<bool>(exit_reason_of(w.tenants[0])));
  BOOST_TEST(w.hints.size() == seen);
}

BOOST_AUTO_TEST_CASE(a_tenant_that_crashed_is_started_again) {
  w.busy = {tenant};
  own(7);
  advance(1s);
  crash(w.tenants.at(0));
  advance(1s);
  BOOST_TEST(w.started.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_hint_reaches_the_tenant_here_even_when_it_sleeps) {
  own(7);
  wake("credits");
  BOOST_TEST(w.started.size() == 1u);
  BOOST_REQUIRE(w.hints.size() == 1u);
  BOOST_TEST(w.hints[0].why == "credits");
}

BOOST_AUTO_TEST_CASE(hints_and_calls_of_other_tenants_go_to_their_owner) {
  lose();
  link();
  wake();
  BOOST_TEST(w.passed_on.size() == 1u);
  BOOST_TEST(static_cast<bool>(place()));
  BOOST_TEST(w.placed.size() == 1u);
  BOOST_TEST(w.started.empty());
}

BOOST_AUTO_TEST_CASE(a_single_call_of_a_tenant_here_gets_the_tenants_answer) {
  own(7);
  BOOST_TEST(static_cast<bool>(place()));
  const auto refused = place("broke");
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::no_credit);
}

BOOST_AUTO_TEST_CASE(an_owner_that_is_not_known_or_not_linked_is_unavailable) {
  BOOST_CHECK(place_in_vain() == errc::unavailable);
  lose();
  BOOST_CHECK(place_in_vain() == errc::unavailable);
  link();
  link(false);
  BOOST_CHECK(place_in_vain() == errc::unavailable);
  wake();
  BOOST_TEST(w.passed_on.empty());
}

BOOST_AUTO_TEST_CASE(the_owners_own_refusal_is_passed_back) {
  lose();
  link();
  w.peer_error = errc::tenant_at_capacity;
  const auto refused = place();
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::tenant_at_capacity);
}

BOOST_AUTO_TEST_CASE(an_owner_that_does_not_answer_is_unavailable_after_two_seconds) {
  lose();
  link();
  w.peer_silent = true;
  place_single_call wish;
  wish.tenant = tenant;
  wish.call = call_id::make();
  auto pending = self->request(aut, caf::infinite, wish);
  run();
  advance(2100ms);
  BOOST_REQUIRE(!self->mailbox().empty());
  pending.receive([](const call_id&) { BOOST_ERROR("an answer"); },
                  [](const caf::error& err) { BOOST_CHECK(err == errc::unavailable); });
}

BOOST_AUTO_TEST_CASE(the_shares_are_asked_of_the_scheduler_wherever_it_runs) {
  const auto lines = [&](bool passed_on = false) {
    std::optional<std::uint32_t> out;
    auto answer = self->request(aut, caf::infinite, get_line_shares{passed_on});
    run();
    answer.receive([&](const line_share_list& list) { out = list.lines; },
                   [&](const caf::error& err) { BOOST_CHECK(err == errc::unavailable); });
    return out;
  };
  BOOST_CHECK(!lines());
  own_shards owned;
  owned.others.push_back({"scheduler", 0, other, 3});
  self->send(aut, owned);
  link();
  BOOST_CHECK(lines() == 34u);
  BOOST_CHECK(!lines(true));
  own_scheduler(3);
  BOOST_CHECK(lines(true) == 12u);
}

BOOST_AUTO_TEST_CASE(what_was_passed_on_to_the_wrong_node_goes_no_further) {
  lose();
  link();
  self->send(aut, wake_tenant{tenant, "campaign", true});
  self->send(aut, line_limit{tenant, 4, true});
  self->send(aut, line_demand{tenant, 1, 2, true, true});
  run();
  BOOST_TEST(w.passed_on.empty());
  BOOST_TEST(w.limits_passed_on.empty());
  BOOST_TEST(w.demands_passed_on.empty());
  place_single_call wish;
  wish.tenant = tenant;
  wish.call = call_id::make();
  wish.passed_on = true;
  const auto refused = ask<call_id>(aut, wish);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::not_mine);
}

BOOST_AUTO_TEST_CASE(a_call_for_an_owner_of_yesterday_is_tried_again_with_the_news) {
  lose();
  link();
  w.peer_error = errc::not_mine;
  place_single_call wish;
  wish.tenant = tenant;
  wish.call = call_id::make();
  auto pending = self->request(aut, caf::infinite, wish);
  run();
  BOOST_TEST(self->mailbox().empty());
  own(7); // it is ours by now
  BOOST_REQUIRE(!self->mailbox().empty());
  pending.receive([&](const call_id& id) { BOOST_CHECK(id == wish.call); },
                  [](const caf::error& err) { BOOST_ERROR(to_string(err)); });
  BOOST_TEST(w.placed.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_waits_while_its_shard_is_handed_over) {
  self->send(aut, own_shards{}); // nobody has it
  place_single_call wish;
  wish.tenant = tenant;
  wish.call = call_id::make();
  auto pending = self->request(aut, caf::infinite, wish);
  run();
  advance(1s);
  BOOST_TEST(self->mailbox().empty());
  link();
  lose(); // the other node took it
  BOOST_REQUIRE(!self->mailbox().empty());
  pending.receive([&](const call_id& id) { BOOST_CHECK(id == wish.call); },
                  [](const caf::error& err) { BOOST_ERROR(to_string(err)); });
  BOOST_REQUIRE(w.placed.size() == 1u);
  BOOST_TEST(w.placed[0].passed_on);
}

BOOST_AUTO_TEST_CASE(a_call_of_a_tenant_that_lost_its_rows_finds_the_next_owner) {
  own(7);
  link();
  place_single_call wish;
  wish.tenant = tenant;
  wish.to = "fenced";
  auto pending = self->request(aut, caf::infinite, wish);
  run();
  BOOST_TEST(self->mailbox().empty());
  lose();
  BOOST_REQUIRE(!self->mailbox().empty());
  pending.receive([](const call_id&) {},
                  [](const caf::error& err) { BOOST_ERROR(to_string(err)); });
}

BOOST_AUTO_TEST_CASE(who_asks_is_told_when_nobody_takes_it_for_five_seconds) {
  lose();
  link();
  w.peer_error = errc::not_mine;
  BOOST_CHECK(place_in_vain() == errc::unavailable);
}

BOOST_AUTO_TEST_CASE(the_dial_scheduler_runs_where_its_shard_is) {
  own(7);
  demand();
  BOOST_TEST(w.schedulers.empty());
  own_scheduler(3);
  BOOST_REQUIRE(w.schedulers.size() == 1u);
  own_scheduler(3);
  BOOST_TEST(w.schedulers.size() == 1u);
  demand();
  BOOST_TEST(w.demands.size() == 1u);
  own_scheduler(4);
  BOOST_TEST(static_cast<bool>(exit_reason_of(w.schedulers[0])));
  BOOST_TEST(w.schedulers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_dial_scheduler_that_crashed_is_started_again) {
  own_scheduler(3);
  crash(w.schedulers.at(0));
  advance(1s);
  BOOST_TEST(w.schedulers.size() == 2u);
}

BOOST_AUTO_TEST_CASE(
    demands_go_to_the_scheduler_of_another_node_and_limits_to_the_tenant) {
  own_shards owned;
  owned.mine.push_back({"tenant", shard, {"n1", 1}, 7});
  owned.others.push_back({"scheduler", 0, other, 3});
  self->send(aut, owned);
  link();
  demand();
  BOOST_TEST(w.demands_passed_on.size() == 1u);
  wake();
  self->send(aut, line_limit{tenant, 4});
  run();
  BOOST_REQUIRE(w.limits.size() == 1u);
  BOOST_TEST(w.limits[0].lines == 4u);
  lose();
  self->send(aut, line_limit{tenant, 5});
  run();
  BOOST_TEST(w.limits_passed_on.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_ran_under_a_region_ends_with_it) {
  own_scheduler(3);
  wake();
  BOOST_REQUIRE(w.tenants.size() == 1u);
  crash(aut);
  BOOST_TEST(static_cast<bool>(exit_reason_of(w.tenants[0])));
  BOOST_TEST(static_cast<bool>(exit_reason_of(w.schedulers[0])));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
