#include "actors/agent/dialog.hpp"
#include "actors/model/speech/spoken_dates.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

const auto now = parse_local_time("2026-11-21T10:00:00").value();

agent_profile profile_with(const std::string& slots) {
  auto profile = parse_agent_profile(
      R"({"name":"Asha","prompt":"Talk.","languages":["en","hi"],"greeting":"Hello.",)"
      R"("goodbye":{"en":"Bye."},"fallback":{"en":"What?"},"slots":)" +
      slots +
      R"(,"tools":[{"name":"book","effect":"record","action":"booking","parameters":)"
      R"({"type":"object","properties":{"day":{"type":"string"}},"required":["day"]}}],)"
      R"("intents":[{"name":"book","patterns":["book( \\S+){0,3}"],"slots":["day"],)"
      R"("tool":"book","reply":{"en":"Booked for {{day}}."}},)"
      R"({"name":"who","patterns":["who are you"],"reply":{"en":"I am Asha."}},)"
      R"({"name":"bye","patterns":["goodbye"],"end_reason":"done","reply":{"en":"Bye."}}]})");
  if (!profile)
    BOOST_FAIL(to_string(profile.error()));
  return std::move(*profile);
}

struct talk {
  explicit talk(const std::string& slots) : profile{profile_with(slots)} {}

  dialog_step say(std::string_view words) { return brain.step(words, now); }

  agent_profile profile;
  intent_matcher matcher{std::move(*intent_matcher::make(profile))};
  dialog brain{profile, matcher, {}};
};

const std::string phone_and_day =
    R"([{"name":"phone","kind":"phone","required":true,"asks_max":2,"prompt":{"en":"Your number?"}},)"
    R"({"name":"day","kind":"date","prompt":{"en":"Which day?"}}])";

BOOST_AUTO_TEST_SUITE(dialog_slots_suite)

BOOST_AUTO_TEST_CASE(asks_for_what_is_required_reads_it_back_and_keeps_it) {
  talk call{phone_and_day};
  const auto asked = call.say("hello");
  BOOST_TEST(asked.reply == "Your number?");
  BOOST_TEST(asked.expects == "phone");
  const auto read = call.say("nine eight four five zero one two three four five");
  BOOST_TEST(read.reply ==
             "I have nine eight four five zero, one two three four five. Is that right?");
  BOOST_TEST(read.expects == "yes_no");
  BOOST_REQUIRE(read.captured.size() == 1u);
  BOOST_TEST(
      (read.captured[0] == captured_slot{"phone", "phone", "+919845012345", false, 0}));
  const auto done = call.say("yes");
  BOOST_TEST(done.captured.at(0).confirmed);
  BOOST_TEST(done.expects.empty());
  BOOST_TEST(!done.end_call);
}

BOOST_AUTO_TEST_CASE(keys_are_read_back_digit_by_digit) {
  talk call{phone_and_day};
  call.say("hello");
  BOOST_TEST(
      call.say("9845012345").reply.starts_with("I have nine eight four five zero, one"));
}

BOOST_AUTO_TEST_CASE(a_wrong_read_back_is_corrected) {
  talk call{phone_and_day};
  call.say("hello");
  call.say("9845012345");
  const auto again = call.say("no");
  BOOST_TEST(again.reply == "Sorry about that. Your number?");
  BOOST_TEST(again.captured.at(0).value.empty());
  BOOST_TEST(call.say("9845012346").reply.find("four six") != std::string::npos);
  BOOST_TEST(call.say("haan ji").captured.at(0).confirmed);
}

BOOST_AUTO_TEST_CASE(a_correction_in_one_breath_is_read_back_anew) {
  talk call{phone_and_day};
  call.say("hello");
  call.say("9845012345");
  BOOST_TEST(call.say("no, it is 9845012346").reply.find("four six") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_right_is_told_and_given_up_in_the_end) {
  talk call{phone_and_day};
  call.say("hello");
  BOOST_TEST(call.say("12345").reply.starts_with("I heard 5 digits"));
  const auto last = call.say("12345");
  BOOST_TEST(last.reply.starts_with("Thank you"));
  BOOST_TEST(!last.end_call);
  BOOST_TEST(call.say("who are you").reply == "I am Asha.");
}

BOOST_AUTO_TEST_CASE(a_slot_of_an_intent_is_confirmed_before_its_tool_runs) {
  talk call{R"([{"name":"day","kind":"date","prompt":{"en":"Which day?"}}])"};
  BOOST_TEST(call.say("book a visit").reply == "Which day?");
  const auto read = call.say("kal");
  BOOST_TEST(read.reply.starts_with("I have Sunday, twenty-second November"));
  BOOST_TEST(!read.action);
  const auto done = call.say("yes");
  BOOST_REQUIRE(done.action);
  BOOST_TEST(done.action->arguments.find("2026-11-22") != std::string::npos);
  BOOST_TEST(done.reply == "Booked for 22 November.");
}

BOOST_AUTO_TEST_CASE(a_question_in_between_loses_no_thread_and_no_attempt) {
  talk call{phone_and_day};
  call.say("hello");
  const auto aside = call.say("who are you");
  BOOST_TEST(aside.reply == "I am Asha. Your number?");
  BOOST_TEST(aside.captured.empty());
  call.say("9845012345");
  const auto other = call.say("who are you");
  BOOST_TEST(other.reply.starts_with("I am Asha. I have nine"));
}

BOOST_AUTO_TEST_CASE(goodbye_is_goodbye) {
  talk call{phone_and_day};
  call.say("hello");
  BOOST_TEST(call.say("goodbye").end_call);
}

BOOST_AUTO_TEST_CASE(a_caller_who_never_answers_is_not_asked_for_ever) {
  talk call{phone_and_day};
  int steps = 0;
  for (; steps < 70; ++steps)
    if (call.say("mumble mumble").end_call)
      break;
  BOOST_TEST(steps < 12);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
