#include "tests/contract/cluster_rows.hpp"

namespace caly::test {

BOOST_AUTO_TEST_SUITE(cluster_store)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_node_whose_lease_ran_out_is_dead, Rows, both) {
  cluster<Rows> at;
  at.silent_for(at.n2, 4900);
  BOOST_TEST(at.state_of(at.tick(at.n1), at.n2) == "up");
  at.silent_for(at.n2, 5001);
  BOOST_TEST(at.state_of(at.tick(at.n1), at.n2) == "dead");
  const auto refused = at.try_tick(at.n2);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::fenced);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(two_nodes_that_suspect_a_silent_one_make_it_dead_sooner,
                              Rows,
                              both) {
  cluster<Rows> at;
  at.silent_for(at.n2, 2100);
  BOOST_TEST(at.state_of(at.tick(at.n1, {at.n2}), at.n2) ==
             "up"); // one word is not enough
  BOOST_TEST(at.state_of(at.tick(at.n3, {at.n2}), at.n2) == "dead");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_node_that_renews_is_not_dead_whoever_suspects_it,
                              Rows,
                              both) {
  cluster<Rows> at;
  at.silent_for(at.n2, 1500);
  at.tick(at.n1, {at.n2});
  BOOST_TEST(at.state_of(at.tick(at.n3, {at.n2}), at.n2) == "up");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_word_of_a_dead_node_does_not_count, Rows, both) {
  cluster<Rows> at;
  at.tick(at.n3, {at.n2});
  at.silent_for(at.n3, 5001);
  at.silent_for(at.n2, 2100);
  const auto view = at.tick(at.n1, {at.n2});
  BOOST_TEST(at.state_of(view, at.n3) == "dead");
  BOOST_TEST(at.state_of(view, at.n2) == "up");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_was_said_of_an_older_incarnation_does_not_count,
                              Rows,
                              both) {
  cluster<Rows> at;
  at.tick(at.n3, {at.n2});
  const auto back = at.join("n2");
  BOOST_TEST(back.incarnation > at.n2.incarnation);
  at.silent_for(back, 2100);
  BOOST_TEST(at.state_of(at.tick(at.n1, {back}), back) == "up");
  const auto replaced = at.try_tick(at.n2);
  BOOST_REQUIRE(!replaced);
  BOOST_CHECK(replaced.error() == errc::conflict);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(
    a_shard_goes_to_one_node_and_to_another_only_after_its_death, Rows, both) {
  cluster<Rows> at;
  const auto first = at.claim(at.n2, 5);
  BOOST_REQUIRE(first.size() == 1u);
  BOOST_CHECK(first[0].owner == at.n2);
  BOOST_TEST(at.claim(at.n1, 5).empty());
  at.silent_for(at.n2, 2100);
  at.tick(at.n1, {at.n2});
  at.tick(at.n3, {at.n2});
  const auto second = at.claim(at.n1, 5);
  BOOST_REQUIRE(second.size() == 1u);
  BOOST_TEST(second[0].fence > first[0].fence);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_its_owner_gives_a_shard_back, Rows, both) {
  cluster<Rows> at;
  const auto first = at.claim(at.n2, 5).at(0);
  BOOST_TEST(at.release(at.n1, 5) == 0u);
  BOOST_TEST(at.claim(at.n1, 5).empty());
  BOOST_TEST(at.release(at.n2, 5) == 1u);
  BOOST_TEST(at.claim(at.n1, 5).at(0).fence > first.fence);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_node_drains_and_leaves_but_never_rises_from_the_dead,
                              Rows,
                              both) {
  cluster<Rows> at;
  BOOST_TEST(at.change(at.n2, "draining"));
  BOOST_TEST(at.state_of(at.tick(at.n2), at.n2) == "draining");
  BOOST_TEST(at.change(at.n2, "left"));
  const auto gone = at.try_tick(at.n2);
  BOOST_REQUIRE(!gone);
  BOOST_CHECK(gone.error() == errc::fenced);
  at.silent_for(at.n3, 5001);
  at.tick(at.n1);
  BOOST_TEST(!at.change(at.n3, "up"));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_fence_carries_the_timeline_in_its_high_bits, Rows, both) {
  cluster<Rows> at;
  BOOST_TEST((at.claim(at.n1, 7).at(0).fence >> 44) == 1);
}

BOOST_FIXTURE_TEST_CASE(a_shard_in_use_by_an_open_transaction_is_left_for_the_next_try,
                        cluster<postgres_rows>) {
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

BOOST_AUTO_TEST_CASE_TEMPLATE(right_after_a_start_of_the_database_nobody_is_declared_dead,
                              Rows,
                              both) {
  cluster<Rows> at;
  at.claim(at.n2, 5);
  at.silent_for(at.n2, 60'000);
  at.restart_just_now();
  BOOST_TEST(at.state_of(at.tick(at.n1), at.n2) == "up");
  BOOST_TEST(at.claim(at.n1, 5).empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
