#include "net/media/relay_messages.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

using kind = relay_message::kind;

BOOST_AUTO_TEST_SUITE(relay_messages_suite)

BOOST_AUTO_TEST_CASE(reads_what_twilio_sends) {
  const auto setup = read_relay_message(
      R"({"type":"setup","sessionId":"VX1","callSid":"CA1","from":"+1","customParameters":{}})");
  BOOST_REQUIRE(setup);
  BOOST_TEST((setup->type == kind::setup));
  BOOST_TEST(setup->session_id == "VX1");
  BOOST_TEST(setup->provider_call_id == "CA1");
  const auto prompt = read_relay_message(
      R"({"type":"prompt","voicePrompt":" नमस्ते ","lang":"hi-IN","last":true})");
  BOOST_REQUIRE(prompt);
  BOOST_TEST(prompt->text == "नमस्ते");
  BOOST_TEST(prompt->last);
  const auto cut = read_relay_message(
      R"({"type":"interrupt","utteranceUntilInterrupt":"Hello, th","durationUntilInterruptMs":"460"})");
  BOOST_REQUIRE(cut);
  BOOST_TEST(cut->text == "Hello, th");
  BOOST_TEST(cut->after_ms == 460);
  BOOST_TEST(read_relay_message(R"({"type":"dtmf","digit":"#"})")->digit == '#');
  BOOST_TEST(read_relay_message(R"({"type":"error","description":"no"})")->text == "no");
}

BOOST_AUTO_TEST_CASE(reads_what_telnyx_sends) {
  const auto setup = read_relay_message(
      R"({"type":"setup","sessionId":"7a7e6a4f-1d44-4f0c-b5d4-9f9bf3a5c1f2","callSid":"v2:T02-llQ","callerName":""})");
  BOOST_REQUIRE(setup);
  BOOST_TEST(setup->provider_call_id == "v2:T02-llQ");
  BOOST_TEST(
      !read_relay_message(R"({"type":"prompt","voicePrompt":"hello th","last":false})")
           ->last);
  BOOST_TEST(
      read_relay_message(
          R"({"type":"interrupt","utteranceUntilInterrupt":"a","durationUntilInterruptMs":1820})")
          ->after_ms == 1820);
}

BOOST_AUTO_TEST_CASE(what_no_carrier_sends_is_nothing) {
  for (const auto* text : {"",
                           "{",
                           "[]",
                           "null",
                           R"({"type":7})",
                           R"({"type":"setup","sessionId":"a b"})",
                           R"({"type":"setup"})",
                           R"({"type":"prompt"})",
                           R"({"type":"prompt","voicePrompt":7})",
                           R"({"type":"dtmf","digit":"12"})",
                           R"({"type":"dtmf","digit":"x"})",
                           R"({"type":"dtmf"})",
                           R"({"type":"interrupt"})"})
    BOOST_TEST(!read_relay_message(text), text);
  // New kinds of a carrier do no harm.
  BOOST_TEST((read_relay_message(R"({"type":"info","name":"tokensPlayed"})")->type ==
              kind::other));
}

BOOST_AUTO_TEST_CASE(long_words_are_cut_and_stay_text) {
  const auto prompt = read_relay_message(R"({"type":"prompt","voicePrompt":")" +
                                         std::string(5000, 'a') + R"("})");
  BOOST_REQUIRE(prompt);
  BOOST_TEST(prompt->text.size() == 2000u);
}

BOOST_AUTO_TEST_CASE(writes_messages_that_parse) {
  const auto text = json::parse(relay_text("say \"hi\"\n", true));
  BOOST_REQUIRE(text);
  BOOST_TEST((*text)["type"].text_or("") == "text");
  BOOST_TEST((*text)["token"].text_or("") == "say \"hi\"\n");
  BOOST_TEST((*text)["last"].bool_or(false));
  const auto language = json::parse(relay_language("hi-IN"));
  BOOST_TEST((*language)["ttsLanguage"].text_or("") == "hi-IN");
  BOOST_TEST((*language)["transcriptionLanguage"].text_or("") == "hi-IN");
  BOOST_TEST((*json::parse(relay_end()))["type"].text_or("") == "end");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
