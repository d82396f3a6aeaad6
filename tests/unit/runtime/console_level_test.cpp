#include "tests/support/console_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(console_level_suite, console_fixture)

BOOST_AUTO_TEST_CASE(operating_needs_a_level_a_reason_and_an_audit_before) {
  auto x = answer("gate set x");
  BOOST_TEST(x["exit"].int_or(0) == 13);
  BOOST_TEST(holds(std::string{x["error"]["hint"].text_or("")}, "elevate operate"));
  BOOST_TEST(answer("elevate operate")["exit"].int_or(0) == 2);
  x = answer("elevate operate --reason \"ticket 7\"");
  BOOST_TEST(x["level"].text_or("") == "operate");
  BOOST_REQUIRE(audits.size() == 1u);
  BOOST_CHECK(audits[0].level == console_level::operate);
  hold_audit = true;
  type("gate set +919876543210");
  BOOST_REQUIRE(audits.size() == 2u);
  BOOST_TEST(audits[1].user == "asha");
  BOOST_TEST(audits[1].reason == "ticket 7");
  BOOST_TEST(audits[1].line == "gate set +91******3210");
  BOOST_TEST(ran.empty());
  held_audit(caf::error{});
  run();
  BOOST_TEST(ran.size() == 1u);
  BOOST_TEST(last()["text"].text_or("") == "set");
}

BOOST_AUTO_TEST_CASE(without_its_audit_nothing_happens) {
  elevate("operate");
  audit_failure = caf::make_error(errc::unavailable, "database is away");
  BOOST_TEST(answer("gate set x")["exit"].int_or(0) == 7);
  BOOST_TEST(ran.empty());
}

BOOST_AUTO_TEST_CASE(an_audit_that_comes_too_late_runs_nothing) {
  elevate("operate");
  hold_audit = true;
  type("gate set x");
  advance(2s);
  BOOST_TEST(last()["error"]["code"].text_or("") == "timed_out");
  held_audit(caf::error{});
  run();
  BOOST_TEST(ran.empty());
}

BOOST_AUTO_TEST_CASE(elevation_ends_after_a_quarter_of_an_hour_or_by_drop) {
  elevate("operate");
  advance(14min);
  BOOST_TEST(text("gate set x") == "set");
  advance(1min);
  BOOST_TEST(answer("gate set x")["exit"].int_or(0) == 13);
  elevate("operate");
  text("drop");
  BOOST_TEST(answer("gate set x")["exit"].int_or(0) == 13);
}

BOOST_AUTO_TEST_CASE(nobody_elevates_beyond_what_he_may) {
  open(console_level::operate);
  BOOST_TEST(answer("elevate break_glass --reason \"I want\"")["exit"].int_or(0) == 13);
  BOOST_TEST(audits.empty());
  elevate("operate");
  BOOST_TEST(answer("kill call:one --yes")["exit"].int_or(0) == 13);
}

BOOST_AUTO_TEST_CASE(restarts_an_actor_through_its_supervisor) {
  elevate("operate");
  const auto before = table().match("call:one")[0]->id;
  BOOST_TEST(holds(text("restart call:one --dry-run"), "would restart"));
  BOOST_TEST(table().match("call:one")[0]->id == before);
  BOOST_TEST(holds(text("restart call:one"), "restarting"));
  BOOST_TEST(table().match("call:one")[0]->id != before);
  BOOST_TEST(answer("restart supervisor:calls")["exit"].int_or(0) == 5);
}

BOOST_AUTO_TEST_CASE(stopping_wants_a_yes_and_is_for_good) {
  elevate("operate");
  BOOST_TEST(holds(text("stop call:one"), "this would stop"));
  BOOST_TEST(table().match("call:one").size() == 1u);
  BOOST_TEST(holds(text("stop call:one --yes"), "stopped"));
  advance(60s);
  BOOST_TEST(table().match("call:one").empty());
}

BOOST_AUTO_TEST_CASE(a_killed_actor_is_listed_among_the_crashes) {
  elevate("break_glass");
  BOOST_TEST(holds(text("kill call:one --yes"), "killed"));
  const auto x = answer("crashes -o json");
  BOOST_REQUIRE(x["data"].items().size() == 1u);
  BOOST_TEST(x["data"].items()[0]["reason"].text_or("") == "kill");
}

BOOST_AUTO_TEST_CASE(payloads_are_for_break_glass_only) {
  BOOST_TEST(answer("trace call:one --payload")["exit"].int_or(0) == 13);
}

BOOST_AUTO_TEST_CASE(lines_for_another_node_go_there_after_their_audit) {
  std::string asked;
  settings.forward = [&](const std::string& node,
                         console_run run,
                         std::function<void(caf::expected<std::string>)> done) {
    asked = node + " " + run.user + " " + to_string(run.level);
    const auto request = json::parse(run.request);
    done(console_answer((*request)["id"].dump(), run.level, "from n2", false));
  };
  open(console_level::operate);
  BOOST_TEST(text("version --node n2") == "from n2");
  BOOST_TEST(asked == "n2 asha observe");
  BOOST_TEST(text("version --node n1") == "caly 1.2.3");
  elevate("operate");
  text("gate set x --node n2");
  BOOST_REQUIRE(audits.size() == 1u);
  BOOST_TEST(audits[0].node == "n2");
  BOOST_TEST(ran.empty());
}

BOOST_AUTO_TEST_CASE(a_line_for_another_node_may_take_as_long_as_that_node_allows) {
  std::function<void(caf::expected<std::string>)> answer_later;
  std::string id;
  settings.forward = [&](const std::string&,
                         const console_run& run,
                         std::function<void(caf::expected<std::string>)> done) {
    id = (*json::parse(run.request))["id"].dump();
    answer_later = std::move(done);
  };
  open(console_level::operate);
  type("version --node n2");
  advance(29s);
  BOOST_TEST(written.empty());
  answer_later(console_answer(id, console_level::observe, "late but there", false));
  run();
  BOOST_TEST(last()["text"].text_or("") == "late but there");
  type("version --node n2");
  advance(32s);
  BOOST_TEST(last()["error"]["code"].text_or("") == "timed_out");
}

BOOST_AUTO_TEST_CASE(runs_single_lines_for_other_nodes) {
  const auto console = spawn_console(sys, settings);
  auto one = ask<std::string>(
      console,
      console_run{"bo", console_level::observe, "", console_request_for(5, "version")});
  BOOST_REQUIRE(one);
  BOOST_TEST(holds(*one, "caly 1.2.3"));
  BOOST_TEST(holds(*one, "\"id\":5"));
  one = ask<std::string>(
      console,
      console_run{
          "bo", console_level::observe, "", console_request_for(6, "gate set x")});
  BOOST_TEST(holds(*one, "\"exit\":13"));
  one = ask<std::string>(console,
                         console_run{"bo",
                                     console_level::operate,
                                     "from n1",
                                     console_request_for(7, "gate set x --node n1")});
  BOOST_TEST(holds(*one, "\"exit\":0"));
  BOOST_TEST(ran.size() == 1u);
  BOOST_REQUIRE(audits.size() == 1u);
  BOOST_TEST(audits[0].user == "bo");
  BOOST_TEST(table().match("console_session:bo").empty());
  stop(console);
}

BOOST_AUTO_TEST_CASE(an_answer_too_long_for_a_link_is_an_error_and_not_a_broken_link) {
  const auto more = std::make_shared<console_registry>(*settings.commands);
  more->add({"long",
             console_level::observe,
             "long",
             "Too much.",
             {},
             {},
             0,
             [](const console_args&, const console_reply& reply) {
               reply.text(std::string(std::size_t{200} << 10, 'x'));
             }});
  settings.commands = more;
  const auto console = spawn_console(sys, settings);
  const auto one = ask<std::string>(
      console,
      console_run{"bo", console_level::observe, "", console_request_for(5, "long")});
  BOOST_REQUIRE(!one);
  BOOST_CHECK(one.error() == errc::too_large);
  stop(console);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
