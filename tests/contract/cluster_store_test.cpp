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

  static join_cluster request(const std::string& name,
                              const std::string& process = "first") {
    join_cluster asked;
    asked.node = name;
    asked.basp_host = "127.0.0.1";
    asked.process = process;
    return asked;
  }

  node_identity join(const std::string& name) {
    const auto made = ask<node_identity>(rows, request(name));
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

  /// Of a statement of the console that must be refused.
  errc refusal(const std::string& statement, arguments with) {
    const auto answer = try_run({}, statement, std::move(with));
    BOOST_REQUIRE_MESSAGE(!answer, statement << " was not refused");
    return static_cast<errc>(answer.error().code());
  }

  /// Event, author and detail of the newest entries.
  std::string newest_entry(const std::string& event) {
    const auto log = run_as({}, "membership.log", {}, 1000);
    for (const auto& row : log.items())
      if (row["event"].text_or("") == event)
        return std::string{row["by"].text_or("-")} + ": " +
               std::string{row["detail"].text_or("-")};
    return "none";
  }

  std::string wanted(int shard) {
    for (const auto& row : tick(n1).shards)
      if (row.kind == "tenant" && row.id == shard)
        return row.wanted;
    return "no such shard";
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

BOOST_AUTO_TEST_CASE(the_log_tells_who_joined_took_shards_and_died_and_why) {
  BOOST_TEST(newest_entry("joined").starts_with("n3: "));
  claim(n1, 5);
  BOOST_TEST(newest_entry("shards_taken") == "n1: tenant/5");
  silent_for(n2, 5001);
  tick(n1);
  BOOST_TEST(newest_entry("dead") == "n1: its lease ran out");
  silent_for(n3, 2100);
  const auto n4 = join("n4");
  tick(n1, {n3});
  tick(n4, {n3});
  BOOST_TEST(newest_entry("dead") == "n4: missed a renewal, suspected by n1, n4");
}

BOOST_AUTO_TEST_CASE(the_log_keeps_the_newest_ten_thousand) {
  {
    pqxx::work txn{admin};
    txn.exec("insert into membership_log (node_id, incarnation, event) "
             "select 'old', 1, 'x' from generate_series(1, 10100)");
    txn.commit();
  }
  join("n4");
  pqxx::nontransaction txn{admin};
  BOOST_TEST(txn.exec1("select count(*) from membership_log")[0].as<int>() == 10'000);
}

BOOST_AUTO_TEST_CASE(an_evicted_node_is_dead_at_once_and_told_so_when_it_renews) {
  claim(n2, 5);
  const auto row = run_as({}, "nodes.evict", {"n2", "n1", "console:asha@n1", "frozen"});
  BOOST_TEST(row["incarnation"].int_or(0) == n2.incarnation);
  BOOST_TEST(state_of(tick(n1), n2) == "dead");
  BOOST_TEST(newest_entry("evicted") == "console:asha@n1: frozen");
  BOOST_TEST(claim(n1, 5).size() == 1u); // its lease still runs
  const auto refused = ask<cluster_view>(rows, cluster_tick{n2, 5000, "{}", {}});
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::fenced);
}

BOOST_AUTO_TEST_CASE(neither_itself_nor_the_last_node_nor_a_dead_one_is_evicted) {
  BOOST_CHECK(refusal("nodes.evict", {"n1", "n1", "x", "y"}) == errc::conflict);
  BOOST_CHECK(refusal("nodes.evict", {"n9", "n1", "x", "y"}) == errc::not_found);
  run_as({}, "nodes.evict", {"n2", "n1", "x", "y"});
  BOOST_CHECK(refusal("nodes.evict", {"n2", "n1", "x", "y"}) == errc::conflict);
  run_as({}, "nodes.evict", {"n3", "n1", "x", "y"});
  BOOST_CHECK(refusal("nodes.evict", {"n1", "n2", "x", "y"}) == errc::conflict);
  BOOST_TEST(state_of(tick(n1), n1) == "up");
}

BOOST_AUTO_TEST_CASE(
    where_an_operator_wants_a_shard_is_in_the_view_until_that_node_goes) {
  claim(n1, 5);
  const auto row =
      run_as({}, "shards.move", {"tenant", "5", "n2", "console:asha@n1", "test"});
  BOOST_TEST(row["owner"].text_or("") == "n1");
  BOOST_TEST(wanted(5) == "n2");
  BOOST_TEST(newest_entry("shard_move") == "console:asha@n1: tenant/5 to n2: test");
  BOOST_REQUIRE(ask<bool>(rows, change_node_state{n2, "draining"}));
  BOOST_TEST(wanted(5) == "");
  run_as({}, "shards.move", {"tenant", "5", "n3", "x", "y"});
  run_as({}, "nodes.evict", {"n3", "n1", "x", "y"});
  BOOST_TEST(wanted(5) == "");
  join("n3");
  run_as({}, "shards.move", {"tenant", "5", "n3", "x", "y"});
  run_as({}, "shards.move", {"tenant", "5", std::nullopt, "x", "y"});
  BOOST_TEST(wanted(5) == "");
}

BOOST_AUTO_TEST_CASE(a_shard_is_moved_to_no_node_that_cannot_take_it) {
  BOOST_CHECK(refusal("shards.move", {"tenant", "5", "n9", "x", "y"}) == errc::not_found);
  BOOST_CHECK(refusal("shards.move", {"tenant", "500", "n2", "x", "y"}) ==
              errc::not_found);
  BOOST_REQUIRE(ask<bool>(rows, change_node_state{n2, "draining"}));
  BOOST_CHECK(refusal("shards.move", {"tenant", "5", "n2", "x", "y"}) == errc::conflict);
  silent_for(n3, 5001);
  BOOST_CHECK(refusal("shards.move", {"tenant", "5", "n3", "x", "y"}) == errc::conflict);
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

BOOST_AUTO_TEST_CASE(a_second_process_of_a_living_name_is_refused) {
  auto second = request("n2", "other");
  const auto refused = ask<node_identity>(rows, second);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::conflict);
  BOOST_CHECK(error_of(refused).find("another process runs as node n2") !=
              std::string::npos);
  BOOST_TEST(state_of(tick(n2), n2) == "up"); // nothing happened to the first
}

BOOST_AUTO_TEST_CASE(a_second_process_takes_a_name_over_once_its_first_was_silent) {
  const auto second = request("n2", "other");
  silent_for(n2, 1900);
  BOOST_CHECK(may_join(options.owner, second) == errc::conflict);
  silent_for(n2, 2100);
  BOOST_CHECK(!may_join(options.owner, second));
  const auto taken = ask<node_identity>(rows, second);
  BOOST_REQUIRE_MESSAGE(taken, error_of(taken));
  BOOST_TEST(taken->incarnation > n2.incarnation);
}

BOOST_AUTO_TEST_CASE(a_join_whose_answer_was_lost_may_be_repeated) {
  const auto again = ask<node_identity>(rows, request("n2"));
  BOOST_REQUIRE_MESSAGE(again, error_of(again));
}

BOOST_AUTO_TEST_CASE(the_cluster_runs_at_the_highest_level_that_all_living_nodes_know) {
  BOOST_CHECK(tick(n1).level == protocol_max);
  auto older = request("n4");
  older.protocol.max = protocol_level::first;
  const auto n4 = ask<node_identity>(rows, older);
  BOOST_REQUIRE_MESSAGE(n4, error_of(n4));
  BOOST_CHECK(tick(n1).level == protocol_level::first);
  silent_for(*n4, 5001);
  tick(n1); // declares it dead
  BOOST_CHECK(tick(n1).level == protocol_max);
}

BOOST_AUTO_TEST_CASE(a_protocol_that_no_living_node_speaks_is_refused) {
  auto newer = request("n4");
  newer.protocol = {static_cast<protocol_level>(8), static_cast<protocol_level>(9)};
  const auto refused = ask<node_identity>(rows, newer);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::forbidden);
  for (const auto& each : tick(n1).nodes)
    BOOST_TEST(each.id.node != "n4");
  for (const auto& each : {n1, n2, n3})
    silent_for(each, 5001);
  const auto alone = ask<node_identity>(rows, newer);
  BOOST_REQUIRE_MESSAGE(alone, error_of(alone));
}

BOOST_AUTO_TEST_CASE(other_settings_are_refused_unless_the_change_is_accepted) {
  auto first = request("n4");
  first.config = {"aa", R"({"cluster.name":"caly","dial.settle":"30s"})"};
  BOOST_REQUIRE((ask<node_identity>(rows, first)));
  auto second = request("n5");
  second.config = {"bb", R"({"cluster.name":"caly","dial.settle":"45s"})"};
  const auto refused = ask<node_identity>(rows, second);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::forbidden);
  BOOST_CHECK(error_of(refused).find("dial.settle is 45s here and 30s there") !=
              std::string::npos);
  second.config.accept_change = true;
  BOOST_CHECK((ask<node_identity>(rows, second)));
}

BOOST_AUTO_TEST_CASE(a_node_may_ask_before_there_is_a_database_to_join) {
  auto empty = options.owner;
  empty.url = empty_database();
  BOOST_CHECK(!may_join(empty, request("n1")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
