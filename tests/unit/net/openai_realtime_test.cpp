#include "net/media/heard_part.hpp"
#include "tests/unit/net/openai_realtime_fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using fixture = realtime_fixture;

} // namespace

BOOST_AUTO_TEST_SUITE(openai_realtime)

BOOST_FIXTURE_TEST_CASE(configures_before_audio_and_keeps_what_was_heard_meanwhile,
                        fixture) {
  brain.hear(audio_20ms, 160);
  begin();
  BOOST_TEST(link().sent.at(0) == R"({"type":"session.update"})");
  BOOST_TEST(sent("input_audio_buffer.append") == 1);
  brain.hear(audio_20ms, 160);
  BOOST_TEST(sent("input_audio_buffer.append") == 2);
}

BOOST_FIXTURE_TEST_CASE(drops_the_oldest_audio_beyond_two_seconds, fixture) {
  for (int i = 0; i < 150; ++i)
    brain.hear(audio_20ms, 160);
  begin();
  BOOST_TEST(sent("input_audio_buffer.append") == 100);
}

BOOST_FIXTURE_TEST_CASE(greets_with_the_words_of_the_plan, fixture) {
  begin("Namaste Asha");
  BOOST_TEST(sent("response.create") == 1);
  const auto event = last_sent();
  BOOST_TEST(event["response"]["instructions"].text_or("").find("\"Namaste Asha\"") !=
             std::string_view::npos);
}

BOOST_FIXTURE_TEST_CASE(understands_the_beta_names_too, fixture) {
  begin();
  say(R"({"type":"response.audio.delta","response_id":"r1","item_id":"i1","delta":")" +
      audio_20ms + "\"}");
  say(R"({"type":"response.audio.done","response_id":"r1","item_id":"i1"})");
  BOOST_TEST(host.frames == 1u);
  BOOST_TEST(host.marks.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(reports_the_agents_words_once_they_were_heard, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 10);
  words("i1", "Hello there");
  say(R"({"type":"response.output_audio.done","item_id":"i1","response_id":"r1"})");
  done("r1");
  BOOST_TEST(host.turns.empty());
  host.out.echoed(host.marks.at(0));
  brain.played("i1");
  BOOST_REQUIRE(host.turns.size() == 1u);
  BOOST_TEST(host.turns[0].role == "agent");
  BOOST_TEST(host.turns[0].text == "Hello there");
}

BOOST_FIXTURE_TEST_CASE(a_barge_in_clears_truncates_and_keeps_the_heard_words, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 100); // two seconds
  words("i1", "one two three four");
  host.now_ms = 1000;
  interrupt();
  BOOST_TEST(host.clears == 1);
  const auto event = last_sent();
  BOOST_TEST(event["type"].text_or("") == "conversation.item.truncate");
  BOOST_TEST(event["item_id"].text_or("") == "i1");
  BOOST_TEST(event["content_index"].int_or(-1) == 0);
  BOOST_TEST(event["audio_end_ms"].int_or(-1) == 1000);
  BOOST_REQUIRE(host.turns.size() == 1u);
  BOOST_TEST(host.turns[0].text == "one two");
}

BOOST_FIXTURE_TEST_CASE(nothing_of_a_cut_response_is_played_any_more, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 2);
  interrupt();
  delta("i1", "r1", 3);
  BOOST_TEST(host.frames == 2u);
  respond("r2");
  delta("i2", "r2", 1);
  BOOST_TEST(host.frames == 3u);
}

BOOST_FIXTURE_TEST_CASE(an_item_nobody_heard_is_deleted_and_not_truncated, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 5);
  interrupt();
  BOOST_TEST(sent("conversation.item.truncate") == 0);
  BOOST_TEST(sent("conversation.item.delete") == 1);
  BOOST_TEST(host.turns.empty());
}

BOOST_FIXTURE_TEST_CASE(an_item_heard_to_its_end_is_left_alone, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 5);
  words("i1", "Hi");
  done("r1");
  host.now_ms = 5000;
  interrupt();
  BOOST_TEST(sent("conversation.item.truncate") == 0);
  BOOST_TEST(sent("conversation.item.delete") == 0);
  BOOST_REQUIRE(host.turns.size() == 1u);
  BOOST_TEST(host.turns[0].text == "Hi");
}

const std::string detects_turns =
    R"({"type":"session.update","session":{"audio":{"input":{"turn_detection":)"
    R"({"type":"server_vad","silence_duration_ms":600,"create_response":true}}}}})";

BOOST_FIXTURE_TEST_CASE(the_server_answers_by_itself_only_while_the_agent_is_silent,
                        fixture) {
  begin("", detects_turns);
  respond("r1");
  delta("i1", "r1", 50);
  const auto update = last_sent();
  BOOST_TEST(update["type"].text_or("") == "session.update");
  const auto& turns = update["session"]["audio"]["input"]["turn_detection"];
  BOOST_TEST(turns["type"].text_or("") == "server_vad");
  BOOST_TEST(turns["silence_duration_ms"].int_or(0) == 600);
  BOOST_TEST(!turns["create_response"].bool_or(true));
  delta("i1", "r1", 50);
  BOOST_TEST(sent("session.update") == 2); // the first and this one
  words("i1", "Hello");
  done("r1");
  host.now_ms = 5000;
  brain.played("i1");
  BOOST_TEST(last_sent()["session"]["audio"]["input"]["turn_detection"]["create_response"]
                 .bool_or(false));
}

BOOST_FIXTURE_TEST_CASE(a_sound_while_the_agent_speaks_is_no_turn, fixture) {
  begin("", detects_turns);
  respond("r1");
  delta("i1", "r1", 250); // five seconds
  say(R"({"type":"session.updated","session":{}})");
  done("r1");
  host.now_ms = 1000;
  caller_starts();
  BOOST_TEST(host.caller_spoke == 1);
  caller_stops();
  brain.not_interrupted();
  BOOST_TEST(sent("response.create") == 0);
  BOOST_TEST(sent("conversation.item.truncate") == 0);
}

BOOST_FIXTURE_TEST_CASE(a_yes_to_the_last_words_is_an_answer, fixture) {
  begin("", detects_turns);
  respond("r1");
  delta("i1", "r1", 250);
  say(R"({"type":"session.updated","session":{}})");
  done("r1");
  host.now_ms = 4500;
  caller_starts();
  caller_stops();
  brain.not_interrupted();
  BOOST_TEST(sent("response.create") == 1);
}

BOOST_FIXTURE_TEST_CASE(an_interruption_is_answered_once_it_is_said, fixture) {
  begin("", detects_turns);
  respond("r1");
  delta("i1", "r1", 250);
  say(R"({"type":"session.updated","session":{}})");
  host.now_ms = 1000;
  interrupt();
  BOOST_TEST(sent("response.cancel") == 1);
  BOOST_TEST(sent("response.create") == 0);
  done("r1");
  caller_stops(); // the server had not confirmed yet that it answers by itself again
  BOOST_TEST(sent("response.create") == 1);
}

BOOST_FIXTURE_TEST_CASE(answers_every_tool_and_then_asks_once, fixture) {
  begin();
  respond("r1");
  done("r1",
       R"([{"type":"function_call","call_id":"c1","name":"a","arguments":"{}"},)"
       R"({"type":"function_call","call_id":"c2","name":"b","arguments":"{}"}])");
  BOOST_REQUIRE(host.tools.size() == 2u);
  brain.tool_answered("c2", {R"({"ok":true})", false}, now);
  BOOST_TEST(sent("response.create") == 0);
  brain.tool_answered("c1", {R"({"ok":true})", false}, now);
  brain.tool_answered("c1", {R"({"ok":true})", false}, now);
  BOOST_TEST(sent("conversation.item.create") == 2);
  BOOST_TEST(sent("response.create") == 1);
}

BOOST_FIXTURE_TEST_CASE(tools_of_an_unfinished_response_are_not_run, fixture) {
  begin();
  respond("r1");
  say(R"({"type":"response.done","response":{"id":"r1","status":"incomplete","output":[)"
      R"({"type":"function_call","call_id":"c1","name":"a","arguments":"{\"x"}]}})");
  BOOST_TEST(host.tools.empty());
}

BOOST_FIXTURE_TEST_CASE(ends_after_the_last_words_were_heard, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 50);
  done("r1",
       R"([{"type":"function_call","call_id":"c1","name":"end_call","arguments":"{}"}])");
  brain.tool_answered("c1", {R"({"ok":true})", true}, now);
  BOOST_TEST(sent("response.create") == 0); // it has said goodbye already
  tick(600ms);
  BOOST_TEST(host.ends.empty());
  host.now_ms = 1000;
  tick(500ms);
  BOOST_REQUIRE(host.ends.size() == 1u);
  BOOST_TEST(host.ends[0] == "agent_ended");
}

BOOST_FIXTURE_TEST_CASE(says_goodbye_before_it_ends_when_it_has_not_yet, fixture) {
  begin();
  respond("r1");
  done("r1",
       R"([{"type":"function_call","call_id":"c1","name":"end_call","arguments":"{}"}])");
  brain.tool_answered("c1", {R"({"ok":true})", true}, now);
  BOOST_TEST(sent("response.create") == 1);
  BOOST_TEST(last_sent()["response"]["tool_choice"].text_or("") == "none");
}

BOOST_FIXTURE_TEST_CASE(waits_its_turn_when_a_response_runs_already, fixture) {
  begin("Hi");
  say(R"({"type":"error","error":{"type":"invalid_request_error","code":)"
      R"("conversation_already_has_active_response","message":"x"}})");
  BOOST_TEST(sent("response.create") == 1);
  done("");
  BOOST_TEST(sent("response.create") == 2);
}

BOOST_FIXTURE_TEST_CASE(pressed_keys_reach_the_model_as_one_message, fixture) {
  begin();
  brain.press('4', now);
  brain.press('2', now + 1s);
  tick(2s);
  BOOST_TEST(sent("conversation.item.create") == 0);
  tick(1s);
  BOOST_TEST(sent("conversation.item.create") == 1);
  BOOST_TEST(sent("response.create") == 1);
}

BOOST_FIXTURE_TEST_CASE(when_the_call_breaks_off_the_heard_words_are_kept, fixture) {
  begin();
  respond("r1");
  delta("i1", "r1", 100);
  words("i1", "one two three four");
  brain.leave({{"i1", 1000, 2000}});
  BOOST_REQUIRE(host.turns.size() == 1u);
  BOOST_TEST(host.turns[0].text == "one two");
}

/// A session of an agent that speaks English and Hindi.
struct two_languages : fixture {
  void begin_with(language_switching switching) {
    media_plan plan;
    plan.session_update =
        R"({"type":"session.update","session":{"instructions":"Be kind.","audio":{"input":)"
        R"({"transcription":{"model":"m","language":"en"},"turn_detection":)"
        R"({"type":"server_vad","silence_duration_ms":600,"create_response":true}}}}})";
    plan.brief.languages = {"en", "hi"};
    plan.brief.switching = switching;
    brain.start(plan, now);
    open();
  }

  void caller_said(const std::string& words) {
    say(R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"u1",)"
        R"("transcript":")" +
        words + "\"}");
  }

  bool sent(const std::string& part) {
    for (const auto& text : link().sent)
      if (text.find(part) != std::string::npos)
        return true;
    return false;
  }
};

BOOST_FIXTURE_TEST_CASE(the_session_goes_over_to_the_callers_language, two_languages) {
  begin_with(language_switching::follow);
  caller_said("मेरा ऑर्डर कहाँ है?");
  BOOST_TEST(sent("Be kind.\\n# Now\\nThe talk goes on in Hindi"));
  BOOST_TEST(sent(R"("transcription":{"model":"m","language":"hi"})"));
  BOOST_TEST(host.notes.back() == "language");
  BOOST_TEST(host.turns.back().language == "hi");
}

BOOST_FIXTURE_TEST_CASE(a_tool_may_switch_where_the_caller_has_to_ask, two_languages) {
  begin_with(language_switching::on_request);
  caller_said("मेरा ऑर्डर कहाँ है?");
  BOOST_TEST(!sent("goes on in Hindi"));
  respond("r1");
  say(R"({"type":"response.done","response":{"id":"r1","status":"completed","output":[)"
      R"({"type":"function_call","call_id":"t1","name":"switch_language","arguments":"{}"}]}})");
  brain.tool_answered("t1", {"{}", false, false, "", "hi"}, now);
  BOOST_TEST(sent("goes on in Hindi"));
}

BOOST_FIXTURE_TEST_CASE(a_number_that_was_asked_for_is_waited_for, two_languages) {
  begin_with(language_switching::follow);
  BOOST_TEST(openai::answer_turns(
                 R"({"session":{"audio":{"input":{"turn_detection":{"type":"server_vad",)"
                 R"("silence_duration_ms":600}}}}})",
                 true,
                 1500ms)
                 .find(R"("silence_duration_ms":1500)") != std::string::npos);
  respond("r1");
  delta("a1", "r1");
  say(R"({"type":"response.output_audio_transcript.done","item_id":"a1","response_id":"r1",)"
      R"("transcript":"What is your phone number?"})");
  say(R"({"type":"response.output_audio.done","item_id":"a1","response_id":"r1"})");
  brain.played("a1");
  BOOST_TEST(sent(R"("silence_duration_ms":1500)"));
}

BOOST_FIXTURE_TEST_CASE(a_long_speech_of_the_caller_is_not_silence, fixture) {
  begin();
  tick(1s);
  BOOST_TEST(host.spoken_times == 0);
  say(R"({"type":"input_audio_buffer.speech_started","item_id":"u1"})");
  const auto before = host.spoken_times;
  tick(30s);
  BOOST_TEST(host.spoken_times == before + 1);
}

BOOST_FIXTURE_TEST_CASE(hostile_events_are_survived, fixture) {
  begin();
  say("");
  say("{");
  say(R"({"type":"response.output_audio.delta","item_id":"a\"b","delta":"AAAA"})");
  say(R"({"type":"response.output_audio.delta","item_id":"i1","delta":"!!!"})");
  say(R"({"type":5,"item_id":{}})");
  say(std::string(100'000, '['));
  BOOST_TEST(host.frames == 0u);
  BOOST_TEST(host.ends.empty());
}

BOOST_AUTO_TEST_CASE(a_heard_part_never_ends_within_a_letter) {
  BOOST_TEST(heard_part("नमस्ते", 1, 2).size() % 3 == 0u);
  BOOST_TEST(heard_part("one two three", 0, 10) == "");
  BOOST_TEST(heard_part("one two three", 1, 10) == "");
  BOOST_TEST(heard_part("one two three", 10, 10) == "one two three");
  BOOST_TEST(heard_part("one two three", 5, 10) == "one");
}

BOOST_AUTO_TEST_CASE(reads_addresses_of_sockets) {
  ws_address x;
  BOOST_REQUIRE(ws_address::parse("https://api.openai.com/v1/realtime?model=m", x));
  BOOST_TEST(x.secure);
  BOOST_TEST(x.host == "api.openai.com");
  BOOST_TEST(x.port == "443");
  BOOST_TEST(x.target == "/v1/realtime?model=m");
  BOOST_REQUIRE(ws_address::parse("ws://127.0.0.1:9002", x));
  BOOST_TEST(!x.secure);
  BOOST_TEST(x.port == "9002");
  BOOST_TEST(x.target == "/");
  BOOST_TEST(!ws_address::parse("ftp://x", x));
  BOOST_TEST(!ws_address::parse("nothing", x));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
