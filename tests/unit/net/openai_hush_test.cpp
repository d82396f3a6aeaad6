#include "tests/unit/net/openai_realtime_fixture.hpp"

namespace caly::test {

namespace {

/// Detects turns and answers them by itself.
constexpr auto session =
    R"({"type":"session.update","session":{"type":"realtime","audio":{"input":{)"
    R"("turn_detection":{"type":"server_vad","create_response":true}}}}})";

struct hushed_call : realtime_fixture {
  hushed_call() {
    begin("", session);
    brain.hush(true);
    say(R"({"type":"session.updated","session":{}})");
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(openai_hush)

BOOST_FIXTURE_TEST_CASE(the_server_is_told_not_to_answer, realtime_fixture) {
  begin("", session);
  brain.hush(true);
  BOOST_TEST(sent("session.update") == 2);
  BOOST_TEST(link().sent.back().find(R"("create_response":false)") != std::string::npos);
  brain.hush(false);
  BOOST_TEST(link().sent.back().find(R"("create_response":true)") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_turn_of_the_machine_is_not_answered, hushed_call) {
  caller_starts();
  caller_stops();
  tick(1s);
  brain.interrupted({});
  tick(1s);
  BOOST_TEST(sent("response.create") == 0);
  BOOST_TEST(sent("session.update") == 2); // still not by itself
}

BOOST_FIXTURE_TEST_CASE(an_answer_that_had_begun_is_dropped, hushed_call) {
  respond("r1");
  BOOST_TEST(sent("response.cancel") == 1);
  delta("i1", "r1", 3);
  BOOST_TEST(host.frames == 0u);
  done("r1",
       R"([{"type":"function_call","call_id":"c1","name":"end","arguments":"{}"}])");
  BOOST_TEST(host.tools.empty());
}

BOOST_FIXTURE_TEST_CASE(what_it_is_told_to_say_is_said, hushed_call) {
  brain.say("Please call back.");
  BOOST_TEST(sent("response.create") == 1);
  respond("r1");
  BOOST_TEST(sent("response.cancel") == 0);
  delta("i1", "r1", 3);
  BOOST_TEST(host.frames == 3u);
}

BOOST_FIXTURE_TEST_CASE(who_picks_up_late_is_answered, hushed_call) {
  brain.say("Please call back.");
  respond("r1");
  delta("i1", "r1", 100);
  caller_starts();
  brain.hush(false);
  brain.advise("A person.", false);
  brain.interrupted(host.out.cut(host.now_ms));
  BOOST_TEST(sent("response.cancel") == 1);
  BOOST_TEST(link().sent.back().find(R"("create_response":true)") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_new_session_is_hushed_too_and_knows_the_advice,
                        realtime_fixture) {
  begin("", session);
  brain.advise("It is a menu.", false);
  BOOST_TEST(link().sent.back().find(R"("role":"system")") != std::string::npos);
  brain.hush(true);
  listener->on_end(link(), {1006, 0, "gone"});
  tick(1s);
  BOOST_REQUIRE(links.size() == 2u);
  open();
  BOOST_TEST(sent("conversation.item.create") == 1);
  BOOST_TEST(link().sent.back().find(R"("create_response":false)") != std::string::npos);
  BOOST_TEST(host.turns.empty()); // nobody said it
}

BOOST_FIXTURE_TEST_CASE(advice_may_ask_for_an_answer, realtime_fixture) {
  begin();
  brain.advise("It is a menu.", true);
  BOOST_TEST(sent("response.create") == 1);
}

BOOST_FIXTURE_TEST_CASE(a_quiet_tool_is_not_talked_about, realtime_fixture) {
  begin();
  respond("r1");
  done("r1",
       R"([{"type":"function_call","call_id":"c1","name":"press","arguments":"{}"}])");
  BOOST_REQUIRE(host.tools.size() == 1u);
  brain.tool_answered("c1", {R"({"ok":true})", false, true}, now);
  tick(1s);
  BOOST_TEST(sent("conversation.item.create") == 1);
  BOOST_TEST(sent("response.create") == 0);
}

BOOST_FIXTURE_TEST_CASE(dictated_words_that_nobody_heard_are_said_once_more,
                        realtime_fixture) {
  begin();
  brain.say("Ravi could not be reached");
  BOOST_TEST(sent("response.create") == 1);
  for (int again = 2; again <= 3; ++again) {
    const auto response = "r" + std::to_string(again);
    respond(response);
    delta("i" + response, response, 100);
    host.now_ms += 200;
    interrupt();
    caller_stops();
    done(response);
    tick(20ms);
  }
  int dictations = 0;
  for (const auto& text : link().sent)
    dictations += text.find("Ravi could not be reached") != std::string::npos ? 1 : 0;
  BOOST_TEST(dictations == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
