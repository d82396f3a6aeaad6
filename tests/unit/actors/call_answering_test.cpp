#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {

namespace {

struct answered_call : one_call {
  answered_call() {
    w.answering.listens = true;
    resume();
  }

  void tell(answerer who, double confidence) {
    self->send(aut, answered{who, confidence, "words"});
    run();
  }

  void carrier_says(const std::string& answered_by) {
    self->send(aut,
               call_progressed{id, "in_progress", progress_effect::applied, answered_by});
    run();
  }

  std::vector<std::string> row_words() const {
    std::vector<std::string> out;
    for (const auto& each : w.records)
      if (each.statement == "calls.answered_by")
        out.push_back(each.arguments.at(1).value_or("") + " was " +
                      each.arguments.at(2).value_or("anything"));
    return out;
  }

  bool has_event(const std::string& kind) const {
    return std::any_of(w.events.begin(), w.events.end(), [&](const save_event& each) {
      return each.kind == kind;
    });
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(call_answering)

BOOST_FIXTURE_TEST_CASE(a_person_is_told_to_the_row_and_the_timeline, answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  tell(answerer::human, 0.7);
  tell(answerer::human, 0.85);
  BOOST_TEST(row_words() == std::vector<std::string>{"human was unknown"},
             boost::test_tools::per_element());
  BOOST_TEST(has_event("answered_by"));
  BOOST_TEST(end_reasons().empty());
  BOOST_TEST(status("answered_by") == "human");
}

BOOST_FIXTURE_TEST_CASE(who_picks_up_after_the_beep_is_known_best_here, answered_call) {
  w.answering.leaves_message = true;
  BOOST_REQUIRE(attach(pipe()));
  tell(answerer::voicemail, 1);
  tell(answerer::human, answer_sure);
  const std::vector<std::string> wanted{"machine_voicemail was anything",
                                        "human was anything"};
  BOOST_TEST(row_words() == wanted, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_voicemail_ends_the_call_once_it_is_sure, answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  tell(answerer::voicemail, 0.7);
  BOOST_TEST(end_reasons().empty());
  tell(answerer::voicemail, 0.95);
  BOOST_TEST(end_reasons() == std::vector<std::string>{"voicemail"},
             boost::test_tools::per_element());
  BOOST_TEST(w.hung_up.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_announcement_a_menu_and_a_screener_end_it_too, answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  tell(answerer::announcement, 0.95);
  BOOST_TEST(end_reasons() == std::vector<std::string>{"not_reached"},
             boost::test_tools::per_element());
  for (const auto who : {answerer::menu, answerer::screening}) {
    answered_call other;
    BOOST_REQUIRE(other.attach(other.pipe()));
    other.tell(who, 0.95);
    BOOST_TEST(other.end_reasons() == std::vector<std::string>{to_string(who)},
               boost::test_tools::per_element());
  }
}

BOOST_FIXTURE_TEST_CASE(its_row_knows_who_and_why_before_the_line_is_let_go,
                        answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  w.records_silent = true;
  tell(answerer::announcement, 0.95);
  BOOST_TEST(row_words() == std::vector<std::string>{"machine_announcement was anything"},
             boost::test_tools::per_element());
  BOOST_TEST(end_reasons().empty());
  advance(std::chrono::seconds{1}); // who
  BOOST_TEST(end_reasons() == std::vector<std::string>{"not_reached"},
             boost::test_tools::per_element());
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(w.stopped.empty());
  advance(std::chrono::seconds{1}); // why
  BOOST_TEST(w.hung_up.size() == 1u);
  BOOST_TEST(w.stopped == std::vector<std::string>{"not_reached"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(who_picks_up_while_the_row_is_written_is_talked_to,
                        answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  w.records_silent = true;
  tell(answerer::voicemail, 0.95);
  tell(answerer::human, answer_sure);
  advance(std::chrono::seconds{2});
  BOOST_TEST(end_reasons().empty());
  BOOST_TEST(w.hung_up.empty());
}

BOOST_FIXTURE_TEST_CASE(where_the_plan_has_something_to_do_it_goes_on, answered_call) {
  w.answering = {true, true, true, true, "a", "b"};
  BOOST_REQUIRE(attach(pipe()));
  for (const auto who : {answerer::voicemail, answerer::menu, answerer::screening})
    tell(who, 0.95);
  BOOST_TEST(end_reasons().empty());
}

BOOST_FIXTURE_TEST_CASE(the_carriers_machine_ends_the_call, answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  carrier_says("machine_start");
  BOOST_TEST(end_reasons() == std::vector<std::string>{"voicemail"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(the_carriers_machine_gets_the_message, answered_call) {
  w.answering.leaves_message = true;
  BOOST_REQUIRE(attach(pipe()));
  carrier_says("machine_start");
  BOOST_TEST(end_reasons().empty());
  BOOST_REQUIRE(w.told_answered.size() == 1u);
  BOOST_TEST((w.told_answered[0].who == answerer::voicemail));
  BOOST_TEST(w.told_answered[0].by == "carrier");
}

BOOST_FIXTURE_TEST_CASE(keys_are_pressed_by_the_pipe_and_noted, answered_call) {
  BOOST_TEST(!*ask<bool>(aut, press_keys{"1"})); // nothing carries them
  BOOST_REQUIRE(attach(pipe()));
  BOOST_TEST(*ask<bool>(aut, press_keys{"1w#"}));
  BOOST_TEST(w.pressed == std::vector<std::string>{"1w#"},
             boost::test_tools::per_element());
  BOOST_TEST(has_event("keys_pressed"));
  for (const auto* wrong : {"", "12a", "ww", "123456789012345678901234567890123"}) {
    const auto answer = ask<bool>(aut, press_keys{wrong});
    BOOST_REQUIRE(!answer);
    BOOST_TEST((answer.error() == errc::invalid));
  }
}

BOOST_FIXTURE_TEST_CASE(a_tool_presses_keys_without_a_word_about_it, answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  const auto answer = use("t1", "press");
  BOOST_TEST(answer.quiet);
  BOOST_TEST(w.pressed == std::vector<std::string>{"12#"},
             boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_tool_without_a_line_says_so, answered_call) {
  BOOST_REQUIRE(attach(pipe()));
  self->send(aut, media_closed{"MZ1", "carrier_closed", 0, 0});
  run();
  const auto answer = use("t1", "press");
  BOOST_TEST(!answer.quiet);
  BOOST_TEST(answer.output.find("no line") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
