#include "net/media/answer/answer_course.hpp"
#include "tests/unit/net/answer/line_audio.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

constexpr auto machine_words = "please leave a message after the beep";

struct call_line : answer_host {
  std::vector<std::string> done;
  bool agent_speaks = false;
  answer_course course;

  explicit call_line(answer_plan plan = everything()) : course{*this, std::move(plan)} {}

  static answer_plan everything() {
    return {true, true, true, true, "Please call back.", "This is Asha."};
  }

  void tell_answered(const answered& verdict) override {
    done.push_back("answered " + to_string(verdict.who));
  }

  void stop_agent() override { done.push_back("stop"); }

  void hush_agent(bool quiet) override { done.push_back(quiet ? "hush" : "unhush"); }

  void agent_says(const std::string& words) override { done.push_back("say " + words); }

  void advise_agent(const std::string&, bool answer) override {
    done.push_back(answer ? "advise and answer" : "advise");
  }

  void leave_line(const std::string& reason) override {
    done.push_back("leave " + reason);
  }

  void line(const std::string& codes, bool voiced) {
    for (std::size_t at = 0; at + 160 <= codes.size(); at += 160) {
      course.hear(std::string_view{codes}.substr(at, 160));
      course.frame(voiced, agent_speaks);
    }
  }

  void speech(int ms) { line(quiet_line(ms), true); }

  void quiet(int ms) { line(quiet_line(ms), false); }

  void beep(int ms = 400) { line(tones(ms, {1000}), true); }

  bool did(const std::string& what) const {
    return std::find(done.begin(), done.end(), what) != done.end();
  }

  void leave_message() {
    course.words(machine_words);
    speech(500);
    beep();
    quiet(240);
    agent_speaks = true;
    quiet(2'000);
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(answer_course_suite)

BOOST_FIXTURE_TEST_CASE(a_person_gets_the_agent_untouched, call_line) {
  speech(600);
  quiet(600);
  BOOST_TEST(course.words("Hello?"));
  BOOST_TEST(done == (std::vector<std::string>{"answered human", "answered human"}),
             boost::test_tools::per_element());
  quiet(20'000);
  BOOST_TEST(course.done());
}

BOOST_FIXTURE_TEST_CASE(the_message_comes_after_the_beep, call_line) {
  speech(800);
  BOOST_TEST(!course.words(machine_words));
  BOOST_TEST(did("hush"));
  BOOST_TEST(did("stop"));
  speech(1000);
  quiet(1000); // within the greeting
  beep();
  BOOST_TEST(!did("say Please call back."));
  quiet(200);
  BOOST_TEST(did("say Please call back."));
  quiet(600);
  agent_speaks = true;
  quiet(3'000);
  agent_speaks = false;
  quiet(980);
  BOOST_TEST(!did("leave voicemail"));
  quiet(20);
  BOOST_TEST(did("leave voicemail"));
  BOOST_TEST(course.done());
}

BOOST_FIXTURE_TEST_CASE(a_beep_alone_tells_a_voicemail_that_records_now, call_line) {
  speech(2'000);
  beep();
  BOOST_TEST(did("answered voicemail"));
  quiet(200);
  BOOST_TEST(did("say Please call back."));
}

BOOST_FIXTURE_TEST_CASE(a_beep_in_the_greeting_is_not_waited_for_twice, call_line) {
  course.words(machine_words);
  beep();
  speech(1'000);
  quiet(1'000);
  BOOST_TEST(!did("say Please call back."));
  beep();
  quiet(200);
  BOOST_TEST(did("say Please call back."));
}

BOOST_FIXTURE_TEST_CASE(without_a_beep_a_long_pause_will_do, call_line) {
  course.words(machine_words);
  speech(2'000);
  quiet(2'480);
  BOOST_TEST(!did("say Please call back."));
  quiet(20);
  BOOST_TEST(did("say Please call back."));
}

BOOST_FIXTURE_TEST_CASE(a_greeting_without_end_ends_the_call, call_line) {
  course.words(machine_words);
  speech(44'000);
  BOOST_TEST(!did("leave voicemail"));
  speech(1'000);
  BOOST_TEST(did("leave voicemail"));
}

BOOST_FIXTURE_TEST_CASE(an_agent_without_a_voice_ends_the_call, call_line) {
  course.words(machine_words);
  beep();
  quiet(200);
  quiet(7'980);
  BOOST_TEST(!did("leave voicemail"));
  quiet(20);
  BOOST_TEST(did("leave voicemail"));
}

BOOST_FIXTURE_TEST_CASE(who_speaks_into_the_message_is_a_person, call_line) {
  leave_message();
  done.clear();
  course.interrupted();
  BOOST_TEST(done == (std::vector<std::string>{"answered human", "unhush", "advise"}),
             boost::test_tools::per_element());
  BOOST_TEST(course.done());
}

BOOST_FIXTURE_TEST_CASE(who_interrupts_before_the_message_is_just_talking, call_line) {
  speech(1'000);
  course.interrupted();
  course.words(machine_words);
  course.interrupted(); // the greeting goes on
  BOOST_TEST(!did("answered human"));
  BOOST_TEST(!course.done());
}

BOOST_FIXTURE_TEST_CASE(late_words_of_the_greeting_interrupt_no_message, call_line) {
  course.words(machine_words);
  beep();
  quiet(240);
  agent_speaks = true;
  quiet(500);
  BOOST_TEST(!course.words("Hello, this is Ravi"));
  quiet(1'500);
  BOOST_TEST(!course.words(machine_words));
  BOOST_TEST(course.words("Hello? Who is this?"));
}

BOOST_FIXTURE_TEST_CASE(a_menu_is_explained_to_the_agent, call_line) {
  course.words("for sales, press one");
  BOOST_TEST(done ==
                 (std::vector<std::string>{"answered menu", "stop", "advise and answer"}),
             boost::test_tools::per_element());
  BOOST_TEST(course.done());
}

BOOST_FIXTURE_TEST_CASE(a_screener_is_told_who_calls, call_line) {
  course.words("Please state your name");
  BOOST_TEST(done == (std::vector<std::string>{
                         "answered screening", "stop", "say This is Asha."}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_the_plan_does_not_do_is_only_told) {
  for (const auto* words : {machine_words,
                            "for sales, press one",
                            "please state your name",
                            "the number you are calling is switched off"}) {
    call_line at{{true, false, false, false, {}, {}}};
    at.course.words(words);
    BOOST_TEST(at.done.size() == 1u, words);
    BOOST_TEST(at.course.done());
  }
}

BOOST_FIXTURE_TEST_CASE(the_carrier_may_know_before_us, call_line) {
  course.told({answerer::voicemail, 1, "carrier"});
  BOOST_TEST(did("hush"));
  done.clear();
  course.told({answerer::voicemail, 1, "carrier"});
  BOOST_TEST(done.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
