#include "cluster/membership/member.hpp"
#include "cluster/membership/placement.hpp"
#include "runtime/base/error.hpp"
#include "tests/support/actor_fixture.hpp"
#include "tests/support/deliver.hpp"

#include <algorithm>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// The cluster's rows as one node's store would show them, and what was asked of it.
struct world {
  cluster_view view;
  std::vector<std::string> log; ///< in the order in which things happened
  std::uint32_t joins = 0;
  std::uint32_t ticks = 0;
  std::vector<node_identity> suspects; ///< of the last tick
  errc join_error = errc::none;
  errc tick_error = errc::none;
  bool tick_silent = false;
  std::vector<caf::typed_response_promise<cluster_view>> held;
  std::vector<own_shards> owned;
  std::uint32_t deaths = 0;
  std::uint32_t refusals = 0;
  bool accepts_change = false; ///< in the last request to join
  std::uint32_t views = 0;
};

std::string count(const char* what, std::size_t number) {
  return std::string{what} + " " + std::to_string(number);
}

cluster_store_actor::behavior_type fake_store(cluster_store_actor::pointer self,
                                              world* w) {
  return {
      [=](const join_cluster& ask) -> caf::result<node_identity> {
        ++w->joins;
        w->accepts_change = ask.config.accept_change;
        if (w->join_error != errc::none)
          return caf::make_error(w->join_error);
        return node_identity{ask.node, 3};
      },
      [=](const cluster_tick& ask) -> caf::result<cluster_view> {
        ++w->ticks;
        w->suspects = ask.suspects;
        if (w->tick_silent) {
          auto promise = self->make_response_promise<cluster_view>();
          w->held.push_back(promise);
          return promise;
        }
        if (w->tick_error != errc::none)
          return caf::make_error(w->tick_error);
        return w->view;
      },
      [=](const claim_shards& ask) {
        w->log.push_back(count("claim", ask.shards.size()));
        std::vector<shard_row> won;
        for (const auto& name : ask.shards)
          for (auto& shard : w->view.shards)
            if (shard.kind == name.kind && shard.id == name.id) {
              shard.owner = ask.self;
              ++shard.fence;
              won.push_back(shard);
            }
        return won;
      },
      [=](const release_shards& ask) {
        w->log.push_back(count("release", ask.shards.size()));
        for (const auto& name : ask.shards)
          for (auto& shard : w->view.shards)
            if (shard.kind == name.kind && shard.id == name.id)
              shard.owner = {};
        return static_cast<std::uint32_t>(ask.shards.size());
      },
      [=](const change_node_state& ask) {
        w->log.push_back("state " + ask.state);
        for (auto& node : w->view.nodes)
          if (node.id == ask.self)
            node.state = ask.state;
        return true;
      },
      [](const get_status&) { return status_report{}; },
  };
}

region_actor::behavior_type fake_region(region_actor::pointer, world* w) {
  return {
      [=](const own_shards& owned) {
        if (w->owned.empty() || w->owned.back().mine.size() != owned.mine.size())
          w->log.push_back(count("own", owned.mine.size()));
        w->owned.push_back(owned);
      },
      [](const peer_changed&) {},
      [](const wake_tenant&) {},
      [](const line_demand&) {},
      [](const line_limit&) {},
      [](const get_line_shares&) { return line_share_list{}; },
      [](const place_single_call& ask) { return ask.call; },
      [](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [](const get_status&) { return status_report{}; },
  };
}

struct fixture : actor_fixture {
  world w;
  const node_identity me{"n1", 3};
  cluster_store_actor store = sys.spawn(fake_store, &w);
  region_actor region = sys.spawn(fake_region, &w);
  member_actor aut;

  fixture() {
    for (int i = 0; i < 8; ++i)
      w.view.shards.push_back({"tenant", i, {}, 1});
    add_node(me);
  }

  ~fixture() {
    if (aut)
      stop(aut);
  }

  void add_node(const node_identity& id) {
    node_row node;
    node.id = id;
    node.state = "up";
    node.lease_ms = 5000;
    w.view.nodes.push_back(node);
  }

  void start() {
    member_options options;
    options.join.node = "n1";
    member_ports ports;
    ports.store = store;
    ports.region = region;
    ports.on_dead = [this] { ++w.deaths; };
    ports.on_refused = [this](const caf::error&) { ++w.refusals; };
    ports.on_view = [this](const node_identity&,
                           const cluster_view&,
                           const member_actor&) { ++w.views; };
    aut = spawn<member_actor, member_state>(
        sys, actor_label{"member", "n1", ""}, member, options, ports);
    run();
  }

  void pass(int half_seconds) {
    for (int i = 0; i < half_seconds; ++i)
      advance(500ms);
  }

  std::size_t mine() const { return w.owned.empty() ? 0 : w.owned.back().mine.size(); }

  std::ptrdiff_t place_of(const std::string& entry) const {
    return std::find(w.log.begin(), w.log.end(), entry) - w.log.begin();
  }
};

BOOST_FIXTURE_TEST_SUITE(member_suite, fixture)

BOOST_AUTO_TEST_CASE(joins_and_takes_the_free_shards) {
  start();
  BOOST_TEST(w.joins == 1u);
  BOOST_TEST(w.log == (std::vector<std::string>{"own 0", "claim 8", "own 8"}),
             boost::test_tools::per_element());
  BOOST_TEST(w.owned.back().mine[0].fence == 2);
}

BOOST_AUTO_TEST_CASE(renews_its_lease_each_second) {
  start();
  const auto before = w.ticks;
  pass(20);
  BOOST_TEST(w.ticks - before == 10u);
  BOOST_TEST(w.views == w.ticks);
  BOOST_TEST(mine() == 8u);
}

BOOST_AUTO_TEST_CASE(says_whom_it_cannot_reach_and_looks_more_often_meanwhile) {
  start();
  auto before = w.ticks;
  caf::anon_send(aut, suspects_changed{{{"n2", 1}}});
  run();
  BOOST_TEST(w.ticks == before + 1); // at once
  BOOST_CHECK(w.suspects == (std::vector<node_identity>{{"n2", 1}}));
  pass(2);
  before = w.ticks;
  for (int i = 0; i < 8; ++i)
    advance(250ms);
  BOOST_TEST(w.ticks - before == 8u);
  caf::anon_send(aut, suspects_changed{});
  pass(2);
  before = w.ticks;
  pass(8);
  BOOST_TEST(w.ticks - before == 4u);
  BOOST_TEST(w.suspects.empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_drains_says_so_and_gives_its_shards_away) {
  start();
  add_node({"n2", 1});
  BOOST_REQUIRE(mine() == 8u);
  caf::anon_send(aut, drain_member{true});
  pass(4);
  BOOST_TEST(place_of("state draining") < place_of("release 8"));
  BOOST_TEST(mine() == 0u);
  caf::anon_send(aut, drain_member{false});
  pass(2);
  BOOST_TEST(w.log.back() != "state draining");
  BOOST_TEST(std::count(w.log.begin(), w.log.end(), "state up") == 1);
}

BOOST_AUTO_TEST_CASE(a_join_that_failed_is_tried_again) {
  w.join_error = errc::unavailable;
  start();
  pass(6);
  BOOST_TEST(w.joins >= 3u);
  BOOST_TEST(w.ticks == 0u);
  w.join_error = errc::none;
  pass(2);
  BOOST_TEST(mine() == 8u);
}

BOOST_AUTO_TEST_CASE(a_node_that_the_cluster_does_not_take_ends) {
  w.join_error = errc::forbidden;
  start();
  BOOST_TEST(w.refusals == 1u);
  BOOST_TEST(w.ticks == 0u);
}

BOOST_AUTO_TEST_CASE(stands_down_when_the_database_refuses_for_longer_than_the_limit) {
  start();
  w.tick_error = errc::unavailable;
  pass(7);
  BOOST_TEST(mine() == 8u);
  pass(2);
  BOOST_TEST(mine() == 0u);
  BOOST_TEST(w.deaths == 0u);
}

BOOST_AUTO_TEST_CASE(stands_down_when_the_database_is_silent_for_longer_than_the_limit) {
  start();
  w.tick_silent = true;
  pass(7);
  BOOST_TEST(mine() == 8u);
  pass(3);
  BOOST_TEST(mine() == 0u);
}

BOOST_AUTO_TEST_CASE(its_lease_counts_from_before_the_renewal_was_sent) {
  start();
  w.tick_silent = true;
  pass(2); // the renewal goes out
  BOOST_REQUIRE(w.held.size() == 1u);
  pass(5);
  deliver(store, w.held[0], w.view);
  w.tick_error = errc::unavailable;
  w.tick_silent = false;
  pass(1);
  BOOST_TEST(mine() == 8u);
  pass(2);
  BOOST_TEST(mine() == 0u);
}

BOOST_AUTO_TEST_CASE(works_again_for_what_it_still_owns_when_the_database_is_back) {
  start();
  w.tick_error = errc::unavailable;
  pass(12);
  BOOST_TEST(mine() == 0u);
  w.tick_error = errc::none;
  w.view.shards[0].owner = {"n2", 1}; // taken meanwhile
  w.view.shards[0].fence = 9;
  add_node({"n2", 1});
  pass(2);
  BOOST_TEST(mine() == 7u);
}

BOOST_AUTO_TEST_CASE(a_node_whose_name_another_process_took_ends) {
  start();
  w.tick_error = errc::conflict;
  pass(2);
  BOOST_TEST(w.deaths >= 1u);
}

BOOST_AUTO_TEST_CASE(a_node_that_was_declared_dead_stands_down_and_joins_again) {
  start();
  w.tick_error = errc::fenced;
  pass(2);
  BOOST_TEST(mine() == 0u);
  BOOST_TEST(!w.accepts_change);
  w.tick_error = errc::none;
  pass(4);
  BOOST_TEST(w.joins >= 2u);
  BOOST_TEST(w.accepts_change); // others may have changed settings meanwhile
  BOOST_TEST(w.deaths == 0u);
  BOOST_TEST(mine() == 8u);
}

BOOST_AUTO_TEST_CASE(lets_its_region_go_before_others_may_claim) {
  start();
  add_node({"n2", 1});
  pass(2);
  BOOST_TEST(mine() == 8u); // nothing moves right after a change
  pass(24);
  const auto released = std::find_if(w.log.begin(), w.log.end(), [](const auto& entry) {
    return entry.starts_with("release");
  });
  BOOST_REQUIRE((released != w.log.end()));
  BOOST_TEST(*released == "release 2");
  BOOST_TEST(*std::prev(released) == "own 6");
  // In the end each has what it should have.
  pass(20);
  std::size_t wanted = 0;
  for (const auto& shard : w.view.shards)
    wanted += wanted_owner({shard.kind, shard.id}, w.view.nodes, w.view.level)->id == me
                  ? 1
                  : 0;
  BOOST_TEST(mine() == wanted);
}

BOOST_AUTO_TEST_CASE(takes_the_shards_of_a_dead_node) {
  add_node({"n2", 1});
  for (auto& shard : w.view.shards)
    shard.owner = {"n2", 1};
  start();
  BOOST_TEST(mine() == 0u);
  w.view.nodes.back().state = "dead";
  w.view.nodes.back().lease_ms = 0;
  pass(2);
  BOOST_TEST(mine() == 8u);
}

BOOST_AUTO_TEST_CASE(leaves_in_order_and_stays_away) {
  start();
  w.log.clear();
  const auto left = ask<bool>(aut, leave_cluster{});
  BOOST_REQUIRE(left);
  BOOST_TEST(*left);
  BOOST_TEST(w.log == (std::vector<std::string>{"own 0", "release 8", "state left"}),
             boost::test_tools::per_element());
  const auto before = w.ticks;
  pass(10);
  BOOST_TEST(w.ticks == before);
  BOOST_TEST(mine() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
