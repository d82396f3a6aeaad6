#include "tests/contract/cluster_rows.hpp"

namespace caly::test {

namespace {

/// What only the database has: the log, and what operators do by statements.
struct operated : cluster<postgres_rows> {
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
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cluster_operators, operated)

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
  const auto refused = try_tick(n2);
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
  BOOST_REQUIRE(change(n2, "draining"));
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
  BOOST_REQUIRE(change(n2, "draining"));
  BOOST_CHECK(refusal("shards.move", {"tenant", "5", "n2", "x", "y"}) == errc::conflict);
  silent_for(n3, 5001);
  BOOST_CHECK(refusal("shards.move", {"tenant", "5", "n3", "x", "y"}) == errc::conflict);
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

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
