#include "tests/contract/cluster_rows.hpp"

namespace caly::test {

BOOST_AUTO_TEST_SUITE(cluster_admission)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_second_process_of_a_living_name_is_refused, Rows, both) {
  cluster<Rows> at;
  auto second = at.request("n2", "other");
  const auto refused = at.try_join(second);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::conflict);
  BOOST_CHECK(at.error_of(refused).find("another process runs as node n2") !=
              std::string::npos);
  BOOST_TEST(at.state_of(at.tick(at.n2), at.n2) == "up"); // nothing happened to the first
}

BOOST_AUTO_TEST_CASE_TEMPLATE(
    a_second_process_takes_a_name_over_once_its_first_was_silent, Rows, both) {
  cluster<Rows> at;
  const auto second = at.request("n2", "other");
  at.silent_for(at.n2, 1900);
  const auto early = at.try_join(second);
  BOOST_REQUIRE(!early);
  BOOST_CHECK(early.error() == errc::conflict);
  at.silent_for(at.n2, 2100);
  const auto taken = at.try_join(second);
  BOOST_REQUIRE_MESSAGE(taken, at.error_of(taken));
  BOOST_TEST(taken->incarnation > at.n2.incarnation);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_join_whose_answer_was_lost_may_be_repeated, Rows, both) {
  cluster<Rows> at;
  const auto again = at.try_join(at.request("n2"));
  BOOST_REQUIRE_MESSAGE(again, at.error_of(again));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(
    the_cluster_runs_at_the_highest_level_that_all_living_nodes_know, Rows, both) {
  cluster<Rows> at;
  BOOST_CHECK(at.tick(at.n1).level == protocol_max);
  auto older = at.request("n4");
  older.protocol.max = protocol_level::first;
  const auto n4 = at.try_join(older);
  BOOST_REQUIRE_MESSAGE(n4, at.error_of(n4));
  BOOST_CHECK(at.tick(at.n1).level == protocol_level::first);
  at.silent_for(*n4, 5001);
  at.tick(at.n1); // declares it dead
  BOOST_CHECK(at.tick(at.n1).level == protocol_max);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_protocol_that_no_living_node_speaks_is_refused,
                              Rows,
                              both) {
  cluster<Rows> at;
  auto newer = at.request("n4");
  newer.protocol = {static_cast<protocol_level>(8), static_cast<protocol_level>(9)};
  const auto refused = at.try_join(newer);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::forbidden);
  for (const auto& each : at.tick(at.n1).nodes)
    BOOST_TEST(each.id.node != "n4");
  for (const auto& each : {at.n1, at.n2, at.n3})
    at.silent_for(each, 5001);
  const auto alone = at.try_join(newer);
  BOOST_REQUIRE_MESSAGE(alone, at.error_of(alone));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(other_settings_are_refused_unless_the_change_is_accepted,
                              Rows,
                              both) {
  cluster<Rows> at;
  auto first = at.request("n4");
  first.config = {"aa", R"({"cluster.name":"caly","dial.settle":"30s"})"};
  BOOST_REQUIRE((at.try_join(first)));
  auto second = at.request("n5");
  second.config = {"bb", R"({"cluster.name":"caly","dial.settle":"45s"})"};
  const auto refused = at.try_join(second);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error() == errc::forbidden);
  BOOST_CHECK(at.error_of(refused).find("dial.settle is 45s here and 30s there") !=
              std::string::npos);
  second.config.accept_change = true;
  BOOST_CHECK((at.try_join(second)));
}

BOOST_FIXTURE_TEST_CASE(a_node_may_ask_before_it_joins, cluster<postgres_rows>) {
  const auto second = request("n2", "other");
  silent_for(n2, 1900);
  BOOST_CHECK(may_join(options.owner, second) == errc::conflict);
  silent_for(n2, 2100);
  BOOST_CHECK(!may_join(options.owner, second));
}

BOOST_FIXTURE_TEST_CASE(a_node_may_ask_before_there_is_a_database_to_join,
                        cluster<postgres_rows>) {
  auto empty = options.owner;
  empty.url = empty_database();
  BOOST_CHECK(!may_join(empty, request("n1")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
