#include "tests/unit/cluster/console_cluster_fixture.hpp"

namespace caly::test {
namespace {

struct membership_fixture : console_cluster_fixture {
  std::string text(const std::string& line) {
    const auto x = answer(line);
    return std::string{x["ok"].bool_or(false) ? x["text"].text_or("")
                                              : x["error"]["message"].text_or("")};
  }

  void elevate_to(const char* level) {
    BOOST_REQUIRE(
        answer("elevate " + std::string{level} + " --reason \"n2 hangs\"")["ok"].bool_or(
            false));
    asked.clear();
  }

  const std::vector<record_argument>& told(const std::string& statement) {
    const auto found = std::ranges::find(asked, statement, &run_record::statement);
    BOOST_REQUIRE_MESSAGE(found != asked.end(), statement + " was not asked");
    return found->arguments;
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

BOOST_FIXTURE_TEST_SUITE(console_membership_suite, membership_fixture)

BOOST_AUTO_TEST_CASE(a_shard_is_moved_with_the_reason_of_the_session) {
  elevate_to("operate");
  rows["shards.move"] = R"({"kind":"tenant","shard":17,"owner":"n1","wanted":"n2"})";
  BOOST_TEST(has(text("shard move 17 n2"), "tenant/17 goes to n2, n1 gives it back"));
  const auto& values = told("shards.move");
  BOOST_TEST(values[0].value_or("") == "tenant");
  BOOST_TEST(values[1].value_or("") == "17");
  BOOST_TEST(values[2].value_or("") == "n2");
  BOOST_TEST(values[3].value_or("") == "console:asha@n1");
  BOOST_TEST(values[4].value_or("") == "n2 hangs");
}

BOOST_AUTO_TEST_CASE(auto_gives_a_shard_back_to_the_placement) {
  elevate_to("operate");
  rows["shards.move"] = R"({"kind":"scheduler","shard":0,"owner":"n1","wanted":null})";
  BOOST_TEST(has(text("shard move scheduler/0 auto"), "where the placement says"));
  BOOST_TEST(told("shards.move")[0].value_or("") == "scheduler");
  BOOST_CHECK(!told("shards.move")[2]);
}

BOOST_AUTO_TEST_CASE(what_names_no_shard_or_no_node_is_refused_before_anything_is_asked) {
  elevate_to("operate");
  for (const auto* line : {"shard move",
                           "shard move 17",
                           "shard move x n2",
                           "shard move tenant/ n2",
                           "shard move -1 n2",
                           "shard move 99999999999 n2"})
    BOOST_TEST(answer(line)["exit"].int_or(0) == 2, line);
  BOOST_TEST(has(text("shard move 17 n2 --dry-run"), "would move tenant/17 to n2"));
  BOOST_TEST(asked.empty());
}

BOOST_AUTO_TEST_CASE(why_the_rows_refuse_a_move_is_told) {
  elevate_to("operate");
  failures["shards.move"] =
      caf::make_error(errc::conflict, "n3 takes no shards: it is draining");
  const auto x = answer("shard move 17 n3");
  BOOST_TEST(x["exit"].int_or(0) == 5);
  BOOST_TEST(x["error"]["message"].text_or("") == "n3 takes no shards: it is draining");
}

BOOST_AUTO_TEST_CASE(evicting_wants_break_glass_and_yes) {
  elevate_to("operate");
  BOOST_TEST(answer("evict n2 --yes")["exit"].int_or(0) == 13);
  elevate_to("break_glass");
  BOOST_TEST(has(text("evict n2"), "declare n2 dead and give its 64 shards"));
  BOOST_TEST(has(text("evict n2 --dry-run"), "would declare n2 dead"));
  BOOST_TEST(asked.empty());
  rows["nodes.evict"] = R"({"node":"n2","incarnation":9,"state":"up"})";
  BOOST_TEST(has(text("evict n2 --yes"), "n2 is dead from now, incarnation 9"));
  const auto& values = told("nodes.evict");
  BOOST_TEST(values[0].value_or("") == "n2");
  BOOST_TEST(values[1].value_or("") == "n1"); // who must not be evicted here
  BOOST_TEST(values[3].value_or("") == "n2 hangs");
}

BOOST_AUTO_TEST_CASE(the_reason_of_a_line_goes_before_that_of_the_session) {
  elevate_to("break_glass");
  rows["nodes.evict"] = R"({"node":"n2","incarnation":9})";
  answer("evict n2 --yes --reason \"its disk burns\"");
  BOOST_TEST(told("nodes.evict")[3].value_or("") == "its disk burns");
  BOOST_TEST(audits.back().reason == "its disk burns");
}

BOOST_AUTO_TEST_CASE(links_show_round_trips_and_misses_without_asking_anybody) {
  link_peer();
  const auto links = data("links");
  BOOST_REQUIRE(links.items().size() == 1u);
  const auto& link = links.items()[0];
  BOOST_TEST(link["peer"].text_or("") == "n2");
  BOOST_TEST(link["link"].text_or("") == "up");
  BOOST_TEST(link["missed"].int_or(9) == 1);
  BOOST_TEST(!link["suspected"].bool_or(true));
  BOOST_TEST(passed_on.empty());
}

BOOST_AUTO_TEST_CASE(the_membership_log_tells_by_whom_and_why) {
  rows["membership.log"] = R"([{"at":"2026-11-21T10:00:00Z","node":"n2","incarnation":9,)"
                           R"("event":"dead","by":"n1","detail":"its lease ran out"}])";
  const auto log = data("membership log");
  BOOST_TEST(log.items()[0]["by"].text_or("") == "n1");
  BOOST_TEST(log.items()[0]["detail"].text_or("") == "its lease ran out");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
