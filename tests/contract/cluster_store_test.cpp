#include "storage/cluster/cluster_store.hpp"
#include "tests/contract/stores_fixture.hpp"

#include <algorithm>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

struct fixture : stores_fixture {
  std::shared_ptr<shared_clock> clock = std::make_shared<shared_clock>();
  cluster_store_actor rows = start_cluster_store(system, url, clock, 0ms);
  node_identity n1 = join("n1");
  node_identity n2 = join("n2");
  node_identity n3 = join("n3");

  ~fixture() { self->send_exit(rows, caf::exit_reason::user_shutdown); }

  node_identity join(const std::string& name) {
    join_cluster asked;
    asked.node = name;
    asked.basp_host = "127.0.0.1";
    const auto made = ask<node_identity>(rows, asked);
    BOOST_REQUIRE_MESSAGE(made, error_of(made));
    return *made;
  }

  cluster_view tick(const node_identity& who, std::vector<node_identity> suspects = {}) {
    const auto view =
        ask<cluster_view>(rows, cluster_tick{who, 5000, "{}", std::move(suspects)});
    BOOST_REQUIRE_MESSAGE(view, error_of(view));
    return *view;
  }

  /// As if the node had renewed its lease for the last time so long ago.
  void silent_for(const node_identity& who, int ms) {
    pqxx::nontransaction txn{admin};
    txn.exec_params("update nodes set lease_until = clock_timestamp() + "
                    "(5000 - $2::int) * interval '1 millisecond' where node_id = $1",
                    who.node,
                    ms);
  }

  static std::string state_of(const cluster_view& view, const node_identity& who) {
    for (const auto& node : view.nodes)
      if (node.id == who)
        return node.state;
    return "unknown";
  }

  std::vector<shard_row> claim(const node_identity& who, int shard) {
    const auto won =
        ask<std::vector<shard_row>>(rows, claim_shards{who, {{"tenant", shard}}});
    BOOST_REQUIRE_MESSAGE(won, error_of(won));
    return *won;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_store, fixture)

BOOST_AUTO_TEST_CASE(a_node_whose_lease_ran_out_is_dead) {
  silent_for(n2, 4900);
  BOOST_TEST(state_of(tick(n1), n2) == "up");
  silent_for(n2, 5001);
  BOOST_TEST(state_of(tick(n1), n2) == "dead");
  const auto refused = ask<cluster_view>(rows, cluster_tick{n2, 5000, "{}", {}});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::fenced);
}

BOOST_AUTO_TEST_CASE(two_nodes_that_suspect_a_silent_one_make_it_dead_sooner) {
  silent_for(n2, 2100);
  BOOST_TEST(state_of(tick(n1, {n2}), n2) == "up"); // one word is not enough
  BOOST_TEST(state_of(tick(n3, {n2}), n2) == "dead");
}

BOOST_AUTO_TEST_CASE(a_node_that_renews_is_not_dead_whoever_suspects_it) {
  silent_for(n2, 1500);
  tick(n1, {n2});
  BOOST_TEST(state_of(tick(n3, {n2}), n2) == "up");
}

BOOST_AUTO_TEST_CASE(the_word_of_a_dead_node_does_not_count) {
  tick(n3, {n2});
  silent_for(n3, 5001);
  silent_for(n2, 2100);
  const auto view = tick(n1, {n2});
  BOOST_TEST(state_of(view, n3) == "dead");
  BOOST_TEST(state_of(view, n2) == "up");
}

BOOST_AUTO_TEST_CASE(what_was_said_of_an_older_incarnation_does_not_count) {
  tick(n3, {n2});
  const auto back = join("n2");
  BOOST_TEST(back.incarnation > n2.incarnation);
  silent_for(back, 2100);
  BOOST_TEST(state_of(tick(n1, {back}), back) == "up");
  const auto replaced = ask<cluster_view>(rows, cluster_tick{n2, 5000, "{}", {}});
  BOOST_REQUIRE(!replaced);
  BOOST_CHECK(replaced.error() == errc::conflict);
}

BOOST_AUTO_TEST_CASE(a_shard_goes_to_one_node_and_to_another_only_after_its_death) {
  const auto first = claim(n2, 5);
  BOOST_REQUIRE(first.size() == 1u);
  BOOST_CHECK(first[0].owner == n2);
  BOOST_TEST(claim(n1, 5).empty());
  silent_for(n2, 2100);
  tick(n1, {n2});
  tick(n3, {n2});
  const auto second = claim(n1, 5);
  BOOST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second[0].fence > first[0].fence);
}

BOOST_AUTO_TEST_CASE(a_fence_carries_the_timeline_in_its_high_bits) {
  BOOST_TEST((claim(n1, 7).at(0).fence >> 44) == 1);
}

BOOST_AUTO_TEST_CASE(a_shard_in_use_by_an_open_transaction_is_left_for_the_next_try) {
  claim(n2, 5);
  silent_for(n2, 5001);
  tick(n1);
  {
    pqxx::connection other{url};
    pqxx::work txn{other};
    txn.exec("select 1 from shards where kind = 'tenant' and id = 5 for share");
    BOOST_TEST(claim(n1, 5).empty());
  }
  BOOST_TEST(claim(n1, 5).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_renewal_sets_the_clock_by_that_of_the_database) {
  const auto at = boot_clock::now();
  clock->set(wall_time{}, at, at);
  tick(n1);
  pqxx::nontransaction txn{admin};
  const auto there = txn.exec1("select extract(epoch from clock_timestamp())::bigint")[0]
                         .as<std::int64_t>();
  BOOST_TEST(std::abs(to_unix_ms(clock->now()) / 1000 - there) <= 5);
}

BOOST_AUTO_TEST_CASE(right_after_a_start_of_the_database_nobody_is_declared_dead) {
  const auto patient = start_cluster_store(system, url, clock, 24h);
  silent_for(n2, 60'000);
  const auto view = ask<cluster_view>(patient, cluster_tick{n1, 5000, "{}", {}});
  BOOST_REQUIRE(view);
  BOOST_TEST(state_of(*view, n2) == "up");
  self->send_exit(patient, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
