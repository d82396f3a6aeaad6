#include "tests/support/console_fixture.hpp"

namespace caly::test {
namespace {

using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(console_session_suite, console_fixture)

BOOST_AUTO_TEST_CASE(greets_with_its_protocol_node_and_level) {
  BOOST_REQUIRE(written.size() == 1u);
  const auto hello = last();
  BOOST_TEST(hello["v"].int_or(0) == 1);
  BOOST_TEST(hello["node"].text_or("") == "n1");
  BOOST_TEST(hello["level"].text_or("") == "observe");
}

BOOST_AUTO_TEST_CASE(answers_carry_the_id_of_their_request) {
  self->send(client, console_input{R"({"v":1,"id":"abc","line":"version"})"});
  run();
  BOOST_TEST(last()["id"].text_or("") == "abc");
  BOOST_TEST(last()["text"].text_or("") == "caly 1.2.3");
  BOOST_TEST(last()["final"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(broken_requests_are_answered_not_fatal) {
  for (const auto* request :
       {"", "{", "[]", R"({"v":2,"id":1,"line":"ps"})", R"({"v":1})"}) {
    self->send(client, console_input{request});
    run();
    BOOST_TEST(!last()["ok"].bool_or(true));
    BOOST_TEST(last()["exit"].int_or(0) == 2);
  }
  BOOST_TEST(text("version") == "caly 1.2.3");
}

BOOST_AUTO_TEST_CASE(an_unknown_command_names_the_nearest) {
  const auto x = answer("histroy a:1");
  BOOST_TEST(x["exit"].int_or(0) == 3);
  BOOST_TEST(x["error"]["hint"].text_or("") == "did you mean history?");
}

BOOST_AUTO_TEST_CASE(lists_actors_by_kind_and_tenant) {
  const auto x = answer("ps --kind call --tenant acme -o json");
  BOOST_REQUIRE(x["data"].items().size() == 2u);
  BOOST_TEST(x["data"].items()[0]["key"].text_or("") == "one");
  BOOST_TEST(x["data"].items()[0]["path"].text_or("") == "/supervisor:calls/call:one");
  BOOST_TEST(answer("ps --kind call --tenant zeta -o json")["data"].items().empty());
  BOOST_TEST(!holds(text("ps --kind call | grep sick"), "one"));
  BOOST_TEST(holds(text("ps | sort nothing"), "no column nothing"));
}

BOOST_AUTO_TEST_CASE(shows_the_tree_and_one_actor) {
  const auto tree = text("tree");
  BOOST_TEST(holds(tree, "supervisor:calls"));
  BOOST_TEST(holds(tree, "\n  call:one"));
  const auto info = answer("info call:one -o json");
  BOOST_TEST(info["data"]["kind"].text_or("") == "call");
  BOOST_TEST(info["data"]["child_name"].text_or("") == "one");
  BOOST_TEST(info["data"]["mailbox"].int_or(-1) == 0);
  BOOST_TEST(holds(text("info call:"), "2 actors match call:"));
  BOOST_TEST(answer("info call:none")["exit"].int_or(0) == 3);
}

BOOST_AUTO_TEST_CASE(a_call_goes_before_the_pipe_that_bears_its_key) {
  const auto pipe = spawn<caf::actor, console_worker_state>(
      sys, actor_label{"media_pipe", "one", "acme"}, console_worker, false);
  const auto info = answer("info one -o json");
  BOOST_TEST(info["data"]["kind"].text_or("") == "call");
  BOOST_TEST(
      holds(std::string{info["data"]["also media_pipe"].text_or("")}, "/media_pipe:one"));
  BOOST_TEST(answer("info media_pipe:one -o json")["data"]["kind"].text_or("") ==
             "media_pipe");
  BOOST_TEST(answer("state one -o json")["data"]["held"].int_or(0) == 3);
  stop(pipe);
}

BOOST_AUTO_TEST_CASE(shows_the_last_messages) {
  self->send(caf::actor_cast<caf::actor>(table().match("call:one")[0]->address), 1);
  run();
  const auto x = answer("history call:one -o json");
  BOOST_REQUIRE(x["data"].items().size() == 1u);
  BOOST_TEST(x["data"].items()[0]["message"].text_or("") == "i32");
}

BOOST_AUTO_TEST_CASE(asks_an_actor_for_its_state_and_masks_it) {
  const auto x = answer("state call:one -o json");
  BOOST_TEST(x["data"]["held"].int_or(0) == 3);
  BOOST_TEST(x["data"]["phone"].text_or("") == "+91******3210");
  BOOST_TEST(x["data"]["queue.depth"].int_or(0) == 7);
}

BOOST_AUTO_TEST_CASE(a_sick_actor_never_blocks_the_console) {
  type("state call:sick");
  BOOST_TEST(written.empty());
  BOOST_TEST(text("version") == "caly 1.2.3");
  advance(1s);
  BOOST_TEST(last()["error"]["code"].text_or("") == "timed_out");
  BOOST_TEST(last()["exit"].int_or(0) == 7);
}

BOOST_AUTO_TEST_CASE(a_command_that_never_answers_ends_after_two_seconds) {
  type("never");
  advance(1999ms);
  BOOST_TEST(written.empty());
  advance(1ms);
  BOOST_REQUIRE(written.size() == 1u);
  BOOST_TEST(last()["error"]["code"].text_or("") == "timed_out");
}

BOOST_AUTO_TEST_CASE(more_than_eight_lines_at_once_are_refused) {
  for (int i = 0; i < 8; ++i)
    type("never");
  BOOST_TEST(answer("version")["exit"].int_or(0) == 6);
  self->send(client, console_input{R"({"v":1,"id":1,"cancel":true})"});
  run();
  BOOST_TEST(last()["text"].text_or("") == "cancelled");
  BOOST_TEST(text("version") == "caly 1.2.3");
}

BOOST_AUTO_TEST_CASE(a_command_that_throws_is_an_error_of_that_line_only) {
  BOOST_TEST(text("throws") == "database is away");
  BOOST_TEST(text("version") == "caly 1.2.3");
}

BOOST_AUTO_TEST_CASE(traces_until_its_limit_and_says_why_it_stopped) {
  const auto one = caf::actor_cast<caf::actor>(table().match("call:one")[0]->address);
  type("trace call:one -n 2");
  BOOST_TEST(written.empty());
  for (int i = 0; i < 5; ++i)
    self->send(one, i);
  run();
  advance(100ms);
  BOOST_REQUIRE(written.size() == 3u);
  BOOST_TEST(holds(written[0], "IN  i32"));
  BOOST_TEST(holds(written[0], "\"final\":false"));
  BOOST_TEST(last()["text"].text_or("") == "trace stopped: 2 of 2 lines");
}

BOOST_AUTO_TEST_CASE(a_cancelled_trace_stops) {
  const auto stats = table().match("call:one")[0];
  type("trace call:one");
  BOOST_TEST(stats->traced());
  const auto cancel =
      R"({"v":1,"id":)" + std::to_string(next_id - 1) + R"(,"cancel":true})";
  self->send(client, console_input{cancel});
  run();
  BOOST_TEST(last()["text"].text_or("") == "cancelled");
  self->send(caf::actor_cast<caf::actor>(stats->address), 1);
  advance(31s);
  BOOST_TEST(written.size() == 1u);
}

BOOST_AUTO_TEST_CASE(top_compares_two_moments) {
  type("top mailbox --window 1s -o json");
  BOOST_TEST(written.empty());
  advance(1s);
  BOOST_TEST(last()["data"].items().size() >= 3u);
  BOOST_TEST(answer("top speed")["exit"].int_or(0) == 2);
}

BOOST_AUTO_TEST_CASE(shows_the_process_and_its_metrics) {
  BOOST_TEST(answer("vm -o json")["data"]["threads"].int_or(0) >= 1);
  BOOST_TEST(holds(text("metrics caly_actors | grep call"), "kind=\"call\""));
  BOOST_TEST(holds(text("log levels"), "info"));
}

BOOST_AUTO_TEST_CASE(help_explains_itself) {
  BOOST_TEST(holds(text("help"), "history"));
  BOOST_TEST(holds(text("help log level"), "operate"));
  BOOST_TEST(answer("help nothing")["exit"].int_or(0) == 3);
}

BOOST_AUTO_TEST_CASE(completes_commands_and_flags) {
  const auto candidates = [&](const std::string& begun) {
    self->send(client, console_input{R"({"v":1,"id":1,"complete":")" + begun + "\"}"});
    run();
    return last()["candidates"].items();
  };
  BOOST_TEST(candidates("hist").size() == 1u);
  BOOST_TEST(candidates("ps --k")[0].text_or("") == "--kind");
  BOOST_TEST(candidates("").size() > 10u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
