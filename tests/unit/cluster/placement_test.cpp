#include "cluster/membership/placement.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

namespace caly::test {
namespace {

node_row up(const std::string& name, std::int64_t incarnation = 1) {
  node_row node;
  node.id = {name, incarnation};
  node.state = "up";
  node.lease_ms = 4000;
  return node;
}

cluster_view view_of(std::vector<node_row> nodes) {
  cluster_view view;
  view.nodes = std::move(nodes);
  for (int i = 0; i < 128; ++i)
    view.shards.push_back({"tenant", i, {}, 0});
  return view;
}

/// Lets every node claim what it may, as the database would grant it.
void settle(cluster_view& view) {
  for (const auto& node : view.nodes) {
    if (node.state != "up" || node.lease_ms <= 0)
      continue;
    for (const auto& name : plan_moves(node.id, view, false, 2).claim)
      view.shards[static_cast<std::size_t>(name.id)].owner = node.id;
  }
}

std::map<std::string, int> count(const cluster_view& view) {
  std::map<std::string, int> shares;
  for (const auto& shard : view.shards)
    ++shares[shard.owner.node];
  return shares;
}

std::string
owner_at(int shard, const std::vector<node_row>& nodes, protocol_level level) {
  return wanted_owner({"tenant", shard}, nodes, level)->id.node;
}

BOOST_AUTO_TEST_SUITE(placement_suite)

BOOST_AUTO_TEST_CASE(three_nodes_share_the_shards_about_evenly) {
  auto view = view_of({up("n1"), up("n2"), up("n3")});
  settle(view);
  for (const auto& [node, share] : count(view)) {
    BOOST_TEST(!node.empty());
    BOOST_TEST(share > 25);
    BOOST_TEST(share < 62);
  }
}

BOOST_AUTO_TEST_CASE(the_shards_of_a_dead_node_go_to_the_others_and_no_other_moves) {
  auto view = view_of({up("n1"), up("n2"), up("n3")});
  settle(view);
  const auto before = view.shards;
  view.nodes[1].state = "dead";
  settle(view);
  for (std::size_t i = 0; i < view.shards.size(); ++i) {
    BOOST_TEST(view.shards[i].owner.node != "n2");
    if (before[i].owner.node != "n2")
      BOOST_CHECK(before[i].owner == view.shards[i].owner);
  }
}

BOOST_AUTO_TEST_CASE(a_shard_goes_where_an_operator_wants_it_even_before_things_settle) {
  auto view = view_of({up("n1"), up("n2")});
  settle(view);
  auto& shard = *std::ranges::find_if(
      view.shards, [](const auto& each) { return each.owner.node == "n1"; });
  shard.wanted = "n2";
  const shard_name name{shard.kind, shard.id};
  const auto moves = plan_moves({"n1", 1}, view, false, 2);
  BOOST_REQUIRE(moves.release.size() == 1u);
  BOOST_CHECK(moves.release[0] == name);
  shard.owner = {};
  BOOST_TEST(plan_moves({"n1", 1}, view, true, 2).claim.empty());
  const auto claimed = plan_moves({"n2", 1}, view, true, 2).claim;
  BOOST_CHECK(claimed == std::vector{name});
  shard.owner = {"n2", 1};
  BOOST_TEST(plan_moves({"n2", 1}, view, true, 2).release.empty()); // it stays
}

BOOST_AUTO_TEST_CASE(what_an_operator_wants_moves_before_the_planners_hundred) {
  auto view = view_of({up("n1"), up("n2")});
  for (auto& shard : view.shards)
    shard.owner = {"n1", 1};
  auto& last = view.shards.back();
  last.wanted = "n2";
  const auto moves = plan_moves({"n1", 1}, view, true, 2);
  BOOST_REQUIRE(moves.release.size() == 2u);
  BOOST_CHECK((moves.release[0] == shard_name{last.kind, last.id}));
}

BOOST_AUTO_TEST_CASE(a_wish_for_a_node_that_takes_no_shards_counts_for_nothing) {
  auto view = view_of({up("n1"), up("n2")});
  settle(view);
  for (auto& shard : view.shards)
    shard.wanted = shard.owner.node == "n1" ? "n2" : "n1";
  view.nodes[1].state = "draining";
  BOOST_TEST(plan_moves({"n1", 1}, view, true, 200).release.empty());
  view.nodes[1] = up("n2");
  BOOST_TEST(!plan_moves({"n1", 1}, view, true, 200).release.empty());
}

BOOST_AUTO_TEST_CASE(a_lease_that_ran_out_is_as_good_as_dead_and_a_fresh_one_is_safe) {
  auto view = view_of({up("n1"), up("n2")});
  settle(view);
  BOOST_TEST(plan_moves({"n1", 1}, view, true, 2).claim.empty());
  view.nodes[1].lease_ms = 0;
  BOOST_TEST(!plan_moves({"n1", 1}, view, true, 2).claim.empty());
}

BOOST_AUTO_TEST_CASE(a_node_that_came_back_is_another_incarnation_and_owns_nothing) {
  auto view = view_of({up("n1"), up("n2")});
  settle(view);
  view.nodes[1].id.incarnation = 2;
  for (const auto& name : plan_moves({"n2", 2}, view, true, 2).claim)
    BOOST_TEST(view.shards[static_cast<std::size_t>(name.id)].owner.incarnation == 1);
  BOOST_TEST(!plan_moves({"n2", 2}, view, true, 2).claim.empty());
}

BOOST_AUTO_TEST_CASE(working_shards_move_two_at_a_time_and_not_right_after_a_change) {
  auto view = view_of({up("n1")});
  settle(view);
  view.nodes.push_back(up("n2"));
  BOOST_TEST(plan_moves({"n1", 1}, view, false, 2).release.empty());
  BOOST_TEST(plan_moves({"n1", 1}, view, true, 2).release.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_node_of_three_times_the_capacity_gets_three_times_the_shards) {
  std::vector<node_row> nodes{up("n1"), up("n2")};
  nodes[1].capacity = 3;
  int large = 0;
  constexpr int shards = 10'000;
  for (int i = 0; i < shards; ++i)
    large += owner_at(i, nodes, protocol_level::placement_by_capacity) == "n2" ? 1 : 0;
  BOOST_TEST(large > shards * 0.73);
  BOOST_TEST(large < shards * 0.77);
}

BOOST_AUTO_TEST_CASE(beside_older_builds_all_nodes_count_alike) {
  std::vector<node_row> nodes{up("n1"), up("n2")};
  nodes[1].capacity = 3;
  int large = 0;
  constexpr int shards = 10'000;
  for (int i = 0; i < shards; ++i)
    large += owner_at(i, nodes, protocol_level::first) == "n2" ? 1 : 0;
  BOOST_TEST(large > shards * 0.48);
  BOOST_TEST(large < shards * 0.52);
}

BOOST_AUTO_TEST_CASE(a_node_that_drains_gives_away_eight_at_a_time_and_takes_none) {
  auto view = view_of({up("n1"), up("n2")});
  settle(view);
  view.nodes[0].state = "draining";
  const auto moves = plan_moves({"n1", 1}, view, false, 2);
  BOOST_TEST(moves.release.size() == 8u);
  for (auto& shard : view.shards)
    shard.owner = {};
  BOOST_TEST(plan_moves({"n1", 1}, view, true, 2).claim.empty());
  BOOST_TEST(plan_moves({"n2", 1}, view, true, 2).claim.size() == view.shards.size());
}

BOOST_AUTO_TEST_CASE(a_node_that_drains_alone_keeps_its_shards) {
  auto view = view_of({up("n1")});
  settle(view);
  view.nodes[0].state = "draining";
  BOOST_TEST(plan_moves({"n1", 1}, view, true, 2).release.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
