#include "net/media/answer/answer_detector.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

struct pick_up {
  answer_detector detector;
  std::optional<answered> last;

  void take(std::optional<answered> verdict) {
    if (verdict)
      last = std::move(verdict);
  }

  void speech(int ms) {
    for (int i = 0; i < ms; i += 20)
      take(detector.frame(true));
  }

  void quiet(int ms) {
    for (int i = 0; i < ms; i += 20)
      take(detector.frame(false));
  }

  answerer who() const { return detector.verdict().who; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(answer_detector_suite)

BOOST_FIXTURE_TEST_CASE(a_short_hello_and_a_pause_is_a_person, pick_up) {
  quiet(400);
  speech(600);
  quiet(300);
  BOOST_TEST(!last);
  quiet(20);
  BOOST_REQUIRE(last);
  BOOST_TEST((last->who == answerer::human));
  BOOST_TEST(last->by == "timing");
  BOOST_TEST(last->confidence == 0.7);
  pick_up longer;
  longer.speech(2'000);
  longer.quiet(320);
  BOOST_TEST((longer.who() == answerer::human));
  BOOST_TEST(longer.detector.verdict().confidence < 0.5);
}

BOOST_FIXTURE_TEST_CASE(who_says_no_machines_words_and_waits_is_a_person, pick_up) {
  speech(3'200);
  BOOST_TEST(!detector.words("the old market road"));
  quiet(1'680);
  BOOST_TEST((who() == answerer::voicemail));
  quiet(20);
  BOOST_TEST((who() == answerer::human));
  pick_up wordless;
  wordless.speech(3'200);
  wordless.quiet(3'000);
  BOOST_TEST((wordless.who() == answerer::voicemail));
}

BOOST_FIXTURE_TEST_CASE(what_an_operator_began_is_sure_once_nothing_follows, pick_up) {
  speech(2'000);
  detector.words("the person you are calling is not available");
  BOOST_TEST((who() == answerer::announcement));
  BOOST_TEST(!detector.sure());
  pick_up goes_on = *this;
  quiet(1'700);
  BOOST_TEST(detector.sure());
  goes_on.quiet(500);
  goes_on.detector.words("please record your message");
  BOOST_TEST((goes_on.who() == answerer::voicemail));
}

BOOST_FIXTURE_TEST_CASE(long_speech_is_a_machine_as_far_as_timing_knows, pick_up) {
  speech(1500);
  quiet(200);
  speech(1400);
  BOOST_TEST((who() == answerer::voicemail));
  BOOST_TEST(!detector.sure());
}

BOOST_FIXTURE_TEST_CASE(words_outweigh_timing, pick_up) {
  speech(3200);
  BOOST_TEST((who() == answerer::voicemail));
  detector.words("Haan ji boliye");
  BOOST_TEST((who() == answerer::human));
  detector.words("The number you are calling is switched off");
  BOOST_TEST((who() == answerer::announcement));
  BOOST_TEST(detector.sure());
}

BOOST_FIXTURE_TEST_CASE(the_first_sure_words_stand, pick_up) {
  detector.words("please leave a message after the tone");
  BOOST_TEST(!detector.words("to page this person press five"));
  BOOST_TEST(!detector.words("hello"));
  speech(600);
  quiet(600);
  BOOST_TEST((who() == answerer::voicemail));
}

BOOST_FIXTURE_TEST_CASE(a_beep_after_a_greeting_is_a_voicemails, pick_up) {
  speech(2000);
  take(detector.beep());
  BOOST_REQUIRE(last);
  BOOST_TEST((last->who == answerer::voicemail));
  BOOST_TEST(last->by == "beep");
  BOOST_TEST(detector.sure());
}

BOOST_FIXTURE_TEST_CASE(other_beeps_prove_nothing, pick_up) {
  take(detector.beep()); // an operator's tones come before its words
  BOOST_TEST((who() == answerer::announcement));
  BOOST_TEST(!detector.sure());
  pick_up person;
  person.speech(2000);
  person.detector.words("Yes, hello?");
  person.detector.beep(); // the call is recorded at that end
  BOOST_TEST((person.who() == answerer::human));
}

BOOST_FIXTURE_TEST_CASE(the_carriers_word_is_taken, pick_up) {
  quiet(300);
  take(detector.told({answerer::voicemail, 1, "carrier"}));
  BOOST_REQUIRE(last);
  BOOST_TEST(last->by == "carrier");
  BOOST_TEST(!detector.words("press one for sales"));
}

BOOST_FIXTURE_TEST_CASE(the_same_verdict_is_news_once, pick_up) {
  BOOST_TEST(detector.words("leave a message").has_value());
  speech(2000);
  BOOST_TEST(!detector.words("leave a message"));
  BOOST_TEST(!detector.beep());
}

BOOST_FIXTURE_TEST_CASE(silence_is_nobody_known, pick_up) {
  quiet(4500);
  BOOST_REQUIRE(last);
  BOOST_TEST((last->who == answerer::unknown));
  speech(500);
  quiet(500);
  BOOST_TEST((who() == answerer::human));
}

BOOST_FIXTURE_TEST_CASE(what_a_person_says_later_is_no_greeting, pick_up) {
  speech(600);
  quiet(9'000);
  BOOST_TEST(!detector.done());
  quiet(400);
  BOOST_TEST(detector.done());
  BOOST_TEST(!detector.words("You may leave a message with me."));
}

BOOST_FIXTURE_TEST_CASE(listening_ends, pick_up) {
  quiet(20'000);
  BOOST_TEST(detector.done());
  BOOST_TEST(!detector.beep());
  BOOST_TEST(!detector.words("leave a message"));
  BOOST_TEST(!detector.told({answerer::human, 1, "carrier"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
