#include "tests/unit/net/openai_realtime_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using fixture = realtime_fixture;

} // namespace

BOOST_AUTO_TEST_SUITE(openai_reconnect)

BOOST_FIXTURE_TEST_CASE(bridges_a_break_instead_of_beginning_anew, fixture) {
  resume();
  BOOST_TEST(sent("conversation.item.create") == 1);
  BOOST_TEST(sent("response.create") == 1);
  const auto words = std::string{last_sent()["response"]["instructions"].text_or("")};
  BOOST_TEST(words.find("line broke") != std::string::npos);
  BOOST_TEST(words.find("\"Where were we?\"") != std::string::npos);
  BOOST_TEST(words.find("just begun") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(hears_what_was_said_over_the_bridge_after_it, fixture) {
  brain.hear(audio_20ms, 160);
  resume();
  respond("r1");
  delta("i1", "r1", 2);
  brain.hear(audio_20ms, 160);
  tick(20ms);
  BOOST_TEST(sent("input_audio_buffer.append") == 0);
  words("i1", "Where were we?");
  done("r1");
  tick(20ms);
  BOOST_TEST(sent("input_audio_buffer.append") == 0);
  host.now_ms = 40;
  tick(20ms);
  BOOST_TEST(sent("input_audio_buffer.append") == 2);
  brain.hear(audio_20ms, 160);
  BOOST_TEST(sent("input_audio_buffer.append") == 3);
}

BOOST_FIXTURE_TEST_CASE(a_bridge_that_does_not_end_does_not_deafen, fixture) {
  resume();
  respond("r1");
  delta("i1", "r1");
  brain.hear(audio_20ms, 160);
  tick(7900ms);
  BOOST_TEST(sent("input_audio_buffer.append") == 0);
  tick(100ms);
  BOOST_TEST(sent("input_audio_buffer.append") == 1);
}

BOOST_FIXTURE_TEST_CASE(comes_back_after_a_lost_connection_and_knows_what_was_said,
                        fixture) {
  begin("Hi");
  respond("r1");
  done("r1");
  say(R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"u1",)"
      R"("content_index":0,"transcript":"I want shoes"})");
  listener->on_end(link(), ws_end{1006, 0, "gone"});
  BOOST_TEST(host.ends.empty());
  brain.hear(audio_20ms, 160);
  tick(499ms);
  BOOST_TEST(links.size() == 1u);
  tick(2ms);
  BOOST_REQUIRE(links.size() == 2u);
  open();
  BOOST_TEST(sent("session.update") == 1);
  BOOST_TEST(sent("input_audio_buffer.append") == 1);
  BOOST_TEST(sent("conversation.item.create") == 1);
  BOOST_TEST(link().sent.at(1).find("I want shoes") != std::string::npos);
  BOOST_TEST(sent("response.create") == 0);
}

BOOST_FIXTURE_TEST_CASE(takes_up_an_unanswered_turn_after_a_reconnect, fixture) {
  begin();
  say(R"({"type":"input_audio_buffer.speech_started","item_id":"u1"})");
  say(R"({"type":"input_audio_buffer.speech_stopped","item_id":"u1"})");
  listener->on_end(link(), ws_end{1011, 0, "internal"});
  tick(500ms);
  open();
  BOOST_TEST(sent("response.create") == 1);
}

BOOST_FIXTURE_TEST_CASE(gives_up_after_five_vain_reconnects, fixture) {
  begin();
  for (int i = 0; i < 5; ++i) {
    listener->on_end(link(), ws_end{1006, 0, "gone"});
    tick(9s);
  }
  BOOST_TEST(links.size() == 6u);
  BOOST_TEST(host.ends.empty());
  listener->on_end(link(), ws_end{1006, 0, "gone"});
  BOOST_REQUIRE(host.ends.size() == 1u);
  BOOST_TEST(host.ends[0] == "brain_failed");
}

BOOST_FIXTURE_TEST_CASE(a_wrong_key_ends_the_call_at_once, fixture) {
  media_plan plan;
  brain.start(plan, now);
  listener->on_end(link(), ws_end{0, 401, "declined"});
  BOOST_TEST(host.ends.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_fatal_error_event_ends_the_call, fixture) {
  begin();
  say(R"({"type":"error","error":{"code":"insufficient_quota","message":"x"}})");
  BOOST_TEST(host.ends.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_harmless_error_changes_nothing, fixture) {
  begin();
  say(R"({"type":"error","error":{"code":"response_cancel_not_active","message":"x"}})");
  say(R"({"type":"error","error":{"code":"something_new","message":"x"}})");
  BOOST_TEST(host.ends.empty());
  BOOST_TEST(links.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_session_that_does_not_answer_is_replaced, fixture) {
  begin("Hi");
  tick(6s);
  tick(600ms);
  BOOST_TEST(links.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(an_old_session_is_replaced_in_a_quiet_moment, fixture) {
  begin();
  respond("r1");
  tick(56min);
  BOOST_TEST(links.size() == 1u);
  done("r1");
  tick(1s);
  tick(1s);
  BOOST_TEST(links.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(with_a_stand_in_it_tries_at_once_and_gives_up_soon, fixture) {
  host.stand_in = true;
  begin("Hi");
  listener->on_end(link(), ws_end{1006, 0, "gone"});
  tick(20ms);
  BOOST_TEST(links.size() == 2u);
  listener->on_end(link(), ws_end{0, 0, "refused"});
  tick(900ms);
  BOOST_TEST(host.ends.empty());
  tick(200ms);
  BOOST_REQUIRE(host.ends.size() == 1u);
  BOOST_TEST(host.ends[0] == "brain_failed");
}

BOOST_FIXTURE_TEST_CASE(a_session_that_stands_again_needs_no_stand_in, fixture) {
  host.stand_in = true;
  begin("Hi");
  listener->on_end(link(), ws_end{1006, 0, "gone"});
  tick(20ms);
  open();
  tick(2s);
  BOOST_TEST(host.ends.empty());
}

BOOST_FIXTURE_TEST_CASE(an_odd_close_code_is_a_break, fixture) {
  begin("Hi");
  listener->on_end(link(), ws_end{4321, 0, "odd"});
  BOOST_TEST(host.ends.empty());
  tick(501ms);
  BOOST_TEST(links.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(a_server_that_floods_is_left, fixture) {
  begin("Hi");
  const auto first = links.back();
  for (int i = 0; i < 20'000 && !first->dropped; ++i)
    say(R"({"type":"rate_limits.updated"})");
  BOOST_TEST(first->dropped);
  BOOST_TEST(host.notes.back() == "brain_reconnecting");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
