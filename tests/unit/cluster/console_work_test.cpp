#include "tests/unit/cluster/console_cluster_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

const std::string ok_rows = R"({"v":1,"id":1,"final":true,"ok":true,"exit":0,"data":)";

struct work_fixture : console_cluster_fixture {
  /// The answer to a line after this node's own silence: its console is not open here.
  json late_answer(const std::string& line) {
    written.clear();
    self->send(client, console_input{console_request_for(next_id++, line)});
    run();
    if (written.empty())
      advance(1s);
    BOOST_REQUIRE_MESSAGE(!written.empty(), "no answer to " + line);
    return *json::parse(written.back());
  }
};

BOOST_FIXTURE_TEST_SUITE(console_work_suite, work_fixture)

BOOST_AUTO_TEST_CASE(stuck_work_of_all_tenants_is_one_table_and_an_exit_code) {
  rows["work.stuck"] = "[]";
  BOOST_TEST(answer("stuck")["exit"].int_or(9) == 0);
  rows["work.stuck@" + tenant_b.str()] =
      R"([{"what":"import","id":"imp_1","state":"processing","since":"2026-11-21T10:00:00Z",)"
      R"("why":"nobody reads its file"}])";
  const auto x = answer("stuck --over 2m -o json");
  BOOST_TEST(x["exit"].int_or(9) == 1);
  BOOST_REQUIRE(x["data"].items().size() == 1u);
  BOOST_TEST(x["data"].items()[0]["tenant"].text_or("") == tenant_b.str());
  BOOST_TEST(asked.back().arguments[0].value_or("") == "120");
  BOOST_TEST(answer("stuck --over 9d")["exit"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(orphans_are_holds_calls_without_an_actor_and_actors_without_a_call) {
  link_peer();
  rows["work.orphaned@" + tenant_a.str()] =
      R"([{"what":"permit","id":"tenant:a","why":"in use 2, live calls 1"}])";
  rows["work.orphaned"] = "[]";
  rows["calls.live"] = "[]";
  rows["calls.live@" + tenant_b.str()] =
      R"([{"id":"call_1","state":"placed","node":"n2","created_at":"2026-11-21T10:00:00Z"},)"
      R"({"id":"call_2","state":"placed","node":"n2","created_at":"2026-11-21T10:00:00Z"}])";
  peer_answer = ok_rows + R"([{"key":"call_2","tenant":"b","age":100},)"
                          R"({"key":"call_3","tenant":"b","age":100},)"
                          R"({"key":"call_4","tenant":"b","age":3}]})";
  const auto text = std::string{late_answer("orphans")["text"].text_or("")};
  BOOST_TEST(text.find("tenant:a") != std::string::npos);
  // This node did not say whom it tends: it may be call_1.
  BOOST_TEST(text.find("call_1") == std::string::npos);
  BOOST_TEST(text.find("n1 did not answer") != std::string::npos);
  BOOST_TEST(text.find("call_3") != std::string::npos);
  BOOST_TEST(text.find("call_4") == std::string::npos); // too young to judge
  self->send(sources.desk, desk_opened{{}, peer});      // n1 answers as n2 does
  run();
  const auto known = late_answer("orphans");
  BOOST_TEST(known["text"].text_or("").find("call_1") != std::string_view::npos);
  BOOST_TEST(known["text"].text_or("").find("call_2") == std::string_view::npos);
  BOOST_TEST(known["exit"].int_or(9) == 1);
}

BOOST_AUTO_TEST_CASE(dead_letters_are_listed_and_only_analyses_are_tried_again) {
  rows["work.given_up"] =
      R"([{"kind":"analysis","id":"call_1","at":null,"why":"http_500","replay":true}])";
  BOOST_TEST(data("dead-letters").items().size() == 2u);
  BOOST_TEST(asked.back().arguments[0].value_or("") == "2027-01-08T08:00:00.000Z");
  elevate();
  rows["work.replay@" + tenant_a.str()] = R"({"calls":3})";
  rows["work.replay@" + tenant_b.str()] = R"({"calls":0})";
  BOOST_TEST(answer("dead-letters replay all")["text"].text_or("") ==
             "3 analyses are tried again");
  BOOST_TEST(woken.size() == 1u); // only whose rows changed
  BOOST_TEST(answer("dead-letters replay x")["exit"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(alarms_of_all_nodes_are_one_list_that_names_who_sees_them) {
  link_peer();
  self->send(sources.desk, desk_opened{{}, peer});
  run();
  peer_answer = ok_rows +
                R"([{"alarm":"node_down","subject":"n3","since":"2026-11-21T10:00:00Z",)"
                R"("text":"n3 was declared dead"}]})";
  const auto x = answer("alarms -o json");
  BOOST_TEST(x["exit"].int_or(9) == 1);
  BOOST_REQUIRE(x["data"].items().size() == 1u);
  const auto& alarm = x["data"].items()[0];
  BOOST_TEST(alarm["seen_by"].text_or("") == "n1 n2");
  BOOST_TEST(alarm["runbook"].text_or("") == "node-down.md");
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_answer_is_named_and_the_others_are_shown) {
  link_peer();
  peer_answer = ok_rows + "[]}";
  const auto x = late_answer("alarms");
  BOOST_TEST(x["text"].text_or("").find("no answer from n1") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(a_node_tells_its_own_alarms_without_the_others_and_the_database) {
  failures["alarms.facts"] = caf::make_error(errc::unavailable);
  const auto own = data("alarms --here");
  BOOST_REQUIRE(own.items().size() == 1u);
  BOOST_TEST(own.items()[0]["alarm"].text_or("") == "disk_low");
  BOOST_TEST(own.items()[0]["seen_by"].text_or("") == "n1");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
