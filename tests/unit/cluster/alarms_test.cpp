#include "cluster/alarms/alarm_rules.hpp"
#include "cluster/alarms/alarm_watch.hpp"
#include "cluster/membership/placement.hpp"
#include "tests/unit/cluster/console_cluster_fixture.hpp"

#include <set>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

const wall_time noon{std::chrono::seconds{1'800'000'000}};

peer_list healthy() {
  peer_list known;
  known.self = {"n1", 1};
  for (const auto* name : {"n1", "n2"}) {
    node_row node;
    node.id = {name, 1};
    node.state = "up";
    node.lease_ms = 4'000;
    known.view.nodes.push_back(node);
  }
  for (int i = 0; i < 60; ++i) {
    shard_row shard{"tenant", i, {}, 1};
    shard.owner = place_of(shard, known.view)->id;
    known.view.shards.push_back(shard);
  }
  known.links.push_back({{"n2", 1}, true, 1'000, 500, 0, false});
  return known;
}

std::vector<std::string> names(const std::vector<alarm>& all) {
  std::vector<std::string> out;
  for (const auto& each : all)
    out.push_back(each.name + (each.subject.empty() ? "" : " " + each.subject));
  return out;
}

using texts = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(alarms_suite)

BOOST_AUTO_TEST_CASE(every_alarm_has_a_runbook_and_a_name_of_its_own) {
  std::set<std::string_view> seen;
  for (const auto& kind : alarm_kinds()) {
    BOOST_TEST(seen.insert(kind.name).second, kind.name);
    BOOST_TEST(!kind.runbook.empty(), kind.name);
  }
  BOOST_TEST(runbook_of("nonsense").empty());
}

BOOST_AUTO_TEST_CASE(an_alarm_lasts_from_when_it_was_first_seen_to_when_it_is_not) {
  alarm_book book;
  const alarm down{"node_down", "n2", "dead"};
  BOOST_TEST(names(book.update({down}, noon).raised) == texts{"node_down n2"},
             boost::test_tools::per_element());
  BOOST_TEST(book.update({down}, noon + 10s).raised.empty());
  BOOST_REQUIRE(book.raised().size() == 1u);
  BOOST_TEST(book.raised()[0].since_ms == to_unix_ms(noon));
  const auto change = book.update({}, noon + 20s);
  BOOST_TEST(names(change.over) == texts{"node_down n2"},
             boost::test_tools::per_element());
  BOOST_TEST(book.raised().empty());
}

BOOST_AUTO_TEST_CASE(what_passes_quickly_is_no_alarm) {
  alarm_book book;
  const alarm free{"shards_unowned", "", "3 of 129"};
  BOOST_TEST(book.update({free}, noon).raised.empty());
  BOOST_TEST(book.update({}, noon + 5s).over.empty()); // was never told
  book.update({free}, noon + 10s);
  BOOST_TEST(book.update({free}, noon + 24s).raised.empty()); // counts from anew
  BOOST_TEST(book.update({free}, noon + 25s).raised.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_healthy_cluster_has_no_alarms) {
  BOOST_TEST(cluster_alarms(healthy()).empty());
}

BOOST_AUTO_TEST_CASE(a_dead_node_and_its_shards_are_two_alarms) {
  auto known = healthy();
  known.view.nodes[1].state = "dead";
  known.view.nodes[1].lease_ms = 0;
  known.links.clear();
  BOOST_TEST(names(cluster_alarms(known)) == (texts{"node_down n2", "shards_unowned"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_silent_node_is_told_before_it_is_dead_and_one_that_left_is_not) {
  auto known = healthy();
  known.view.nodes[1].lease_ms = 0;
  known.view.shards.clear();
  BOOST_TEST(names(cluster_alarms(known)) == texts{"node_silent n2"},
             boost::test_tools::per_element());
  known.view.nodes[1].state = "left";
  BOOST_TEST(cluster_alarms(known).empty());
}

BOOST_AUTO_TEST_CASE(a_link_is_told_when_it_is_down_or_its_peer_is_suspected) {
  auto known = healthy();
  known.links[0].suspected = true;
  BOOST_TEST(names(cluster_alarms(known)) == texts{"link_down n2"},
             boost::test_tools::per_element());
  known.links[0] = {{"n2", 1}, false, 0, -1, 0, false};
  BOOST_TEST(names(cluster_alarms(known)) == texts{"link_down n2"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(shards_away_from_home_are_told_unless_an_operator_wants_them_there) {
  auto known = healthy();
  for (auto& shard : known.view.shards)
    shard.owner = {"n1", 1};
  BOOST_TEST(names(cluster_alarms(known)) == texts{"shards_misplaced"},
             boost::test_tools::per_element());
  for (auto& shard : known.view.shards)
    shard.wanted = "n1";
  BOOST_TEST(cluster_alarms(known).empty());
}

BOOST_AUTO_TEST_CASE(a_few_free_shards_are_told_only_when_none_is_on_its_way) {
  auto known = healthy();
  known.view.shards[0].owner = {};
  known.view.shards[1].owner = {};
  BOOST_TEST(names(cluster_alarms(known)) == texts{"shards_unowned"},
             boost::test_tools::per_element());
  auto& moving = known.view.shards[2].owner;
  moving = moving.node == "n1" ? node_identity{"n2", 1} : node_identity{"n1", 1};
  BOOST_TEST(cluster_alarms(known).empty());
}

BOOST_AUTO_TEST_CASE(what_the_rows_count_above_zero_is_an_alarm) {
  const auto calm = json::parse(R"({"stuck":0,"doubtful":0,"no_credit":0,"lost":0})");
  BOOST_TEST(work_alarms(*calm).empty());
  BOOST_TEST(work_alarms(json{}).empty()); // not asked yet
  const auto bad = json::parse(
      R"({"stuck":2,"doubtful":1,"no_credit":1,"lost":1,"not_analysed":1,"permits_off":1})");
  BOOST_TEST(work_alarms(*bad).size() == 6u);
  BOOST_TEST(work_alarms(*bad)[0].text.starts_with("2 pieces of work"));
}

BOOST_AUTO_TEST_CASE(a_disk_is_low_below_a_twentieth_or_half_a_gibibyte) {
  constexpr std::uint64_t gib = std::uint64_t{1} << 30;
  BOOST_TEST(disk_alarms({{"/a", 6 * gib, 100 * gib}}).empty());
  BOOST_TEST(disk_alarms({{"/a", 4 * gib, 100 * gib}}).size() == 1u);
  BOOST_TEST(disk_alarms({{"/a", gib / 3, gib}}).size() == 1u);
}

struct watch_fixture : console_cluster_fixture {
  alarm_watch_actor watch;
  wall_time now = noon;

  watch_fixture() {
    rows["alarms.facts"] = R"({"stuck":0})";
    alarm_watch_options options;
    options.clock = [this] { return now; };
    watch = spawn<alarm_watch_actor, alarm_watch_state>(sys,
                                                        {"alarm_watch", "n1", ""},
                                                        alarm_watch,
                                                        options,
                                                        sources.desk,
                                                        sources.records);
    run();
  }

  ~watch_fixture() { stop(watch); }

  /// Two seconds on both clocks: one look.
  void pass() {
    now += 2s;
    advance(2s);
  }

  texts seen() {
    const auto list = ask<alarm_list>(watch, list_alarms{});
    BOOST_REQUIRE(list);
    return names(list->alarms);
  }
};

BOOST_FIXTURE_TEST_CASE(the_watch_tells_when_the_rows_do_not_answer, watch_fixture) {
  pass();
  BOOST_TEST(seen().empty());
  failures["alarms.facts"] = caf::make_error(errc::unavailable, "no connection");
  for (int i = 0; i < 5; ++i)
    pass();
  BOOST_TEST(seen().empty()); // it has not lasted yet
  for (int i = 0; i < 3; ++i)
    pass();
  BOOST_TEST(seen() == texts{"database_away"}, boost::test_tools::per_element());
  failures.clear();
  pass();
  pass();
  BOOST_TEST(seen().empty());
}

BOOST_FIXTURE_TEST_CASE(the_watch_sees_a_node_die_within_two_looks, watch_fixture) {
  pass();
  view_changed change;
  change.self = {"n1", 7};
  node_row node;
  node.id = {"n1", 7};
  node.state = "up";
  node.lease_ms = 4'000;
  change.view.nodes.push_back(node);
  node.id = {"n2", 9};
  node.state = "dead";
  node.lease_ms = 0;
  change.view.nodes.push_back(node);
  self->send(sources.desk, change);
  pass();
  pass();
  BOOST_TEST(seen() == texts{"node_down n2"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
