#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {
namespace {

BOOST_FIXTURE_TEST_SUITE(call_talk_suite, one_call)

BOOST_AUTO_TEST_CASE(a_media_socket_gets_the_plan_of_the_agent) {
  dial();
  const auto plan = attach(pipe());
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->greeting == "hello");
  BOOST_TEST(w.agents_made == 1u);
  BOOST_TEST(status("phase") == "talking");
}

BOOST_AUTO_TEST_CASE(a_second_media_socket_takes_over_with_what_was_said) {
  dial();
  const auto first = pipe();
  attach(first);
  hear("i1", "caller", "my name is Asha");
  const auto second = pipe();
  const auto plan = attach(second, "MZ2");
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->greeting == "where were we");
  BOOST_REQUIRE(plan->brief.said.size() == 1u);
  BOOST_TEST(plan->brief.said[0].text == "my name is Asha");
  BOOST_TEST(w.agents_made == 1u);
  // The first one is told to go and its end means nothing any more.
  BOOST_TEST(w.stopped.size() == 1u);
  self->send(aut, media_closed{"MZ1", "idle", 0, 0});
  crash(first);
  BOOST_TEST(w.hung_up.empty());
}

BOOST_AUTO_TEST_CASE(a_ticket_that_comes_again_is_refused_and_stands_in_the_timeline) {
  resume();
  const auto come = [&] {
    return ask<media_plan>(
        aut,
        attach_media{tenant, id, "MZ1", "CA1", pipe(), brain_kind::realtime, "ticket-1"});
  };
  BOOST_REQUIRE(come());
  const auto again = come();
  BOOST_REQUIRE(!again);
  BOOST_CHECK(again.error() == errc::forbidden);
  BOOST_REQUIRE(!w.events.empty());
  BOOST_TEST(w.events.back().kind == "ticket_used_again");
}

BOOST_AUTO_TEST_CASE(a_media_socket_of_a_call_that_is_ending_is_refused) {
  dial();
  ask<bool>(aut, end_call{"operator"});
  const auto plan = attach(pipe());
  BOOST_REQUIRE(!plan);
  BOOST_CHECK(plan.error() == errc::conflict);
}

BOOST_AUTO_TEST_CASE(a_call_without_a_usable_agent_refuses_its_media_socket) {
  w.no_agent = true;
  dial();
  const auto plan = attach(pipe());
  BOOST_REQUIRE(!plan);
  BOOST_CHECK(plan.error() == errc::not_found);
}

BOOST_AUTO_TEST_CASE(tools_are_bounded_and_each_is_recorded_under_its_id) {
  options.tool_calls_max = 3;
  dial();
  attach(pipe());
  BOOST_TEST(use("t1", "look").output == R"({"ok":true})");
  BOOST_TEST(w.actions.empty());
  BOOST_TEST(!use("t2", "book").end_call);
  BOOST_TEST(use("t3", "book_and_end").end_call);
  BOOST_REQUIRE(w.actions.size() == 2u);
  BOOST_TEST(w.actions[0].tool_call_id == "t2");
  BOOST_TEST(w.actions[1].tool_call_id == "t3");
  BOOST_TEST(use("t4", "book").output.find("\"ok\":false") != std::string::npos);
  BOOST_TEST(w.actions.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_recording_pauses_by_hand_or_by_a_tool_and_goes_on) {
  w.recorded = true;
  dial();
  const auto plan = attach(pipe());
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->recorded);
  BOOST_TEST(plan->session == 1);
  BOOST_TEST(*ask<bool>(aut, steer_recording{true}));
  BOOST_TEST(*ask<bool>(aut, steer_recording{true}));
  BOOST_TEST(*ask<bool>(aut, steer_recording{false}));
  use("t1", "take_card");
  BOOST_CHECK(w.recording_paused == (std::vector<bool>{true, false, true}));
  std::vector<std::string> told;
  for (const auto& each : w.events)
    if (each.kind.starts_with("recording"))
      told.push_back(each.kind);
  BOOST_CHECK(told == (std::vector<std::string>{
                          "recording_paused", "recording_resumed", "recording_paused"}));
}

BOOST_AUTO_TEST_CASE(a_pause_holds_when_the_call_comes_back_on_another_socket) {
  w.recorded = true;
  dial();
  attach(pipe());
  ask<bool>(aut, steer_recording{true});
  const auto plan = attach(pipe(), "MZ2");
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->session == 2);
  BOOST_CHECK(w.recording_paused == (std::vector<bool>{true, true}));
}

BOOST_AUTO_TEST_CASE(what_is_not_recorded_cannot_be_paused) {
  dial();
  attach(pipe());
  BOOST_TEST(!*ask<bool>(aut, steer_recording{true}));
  BOOST_TEST(w.recording_paused.empty());
}

BOOST_AUTO_TEST_CASE(a_tool_that_could_not_be_recorded_is_told_to_the_model_as_failed) {
  dial();
  attach(pipe());
  w.rows_down = true;
  const auto answer = use("t1", "book_and_end");
  BOOST_TEST(answer.output.find("\"ok\":false") != std::string::npos);
  BOOST_TEST(!answer.end_call);
}

BOOST_AUTO_TEST_CASE(turns_are_written_at_once_and_only_when_they_changed) {
  dial();
  attach(pipe());
  hear("i1", "agent", "hello, this is");
  BOOST_REQUIRE(w.saved.size() == 1u);
  pass(3);
  hear("i1", "agent", "hello, this is");
  BOOST_TEST(w.saved.size() == 1u);
  hear("i2", "caller", "yes");
  hear("i1", "agent", "hello");
  BOOST_REQUIRE(w.saved.size() == 3u);
  BOOST_TEST(w.saved[1].turns.at(0).seq == 2);
  BOOST_REQUIRE(w.saved[2].turns.size() == 1u);
  BOOST_TEST(w.saved[2].turns[0].text == "hello");
  BOOST_TEST(w.saved[2].turns[0].seq == 1);
}

BOOST_AUTO_TEST_CASE(turns_that_could_not_be_written_are_written_later) {
  dial();
  attach(pipe());
  w.rows_down = true;
  hear("i1", "caller", "yes");
  pass(2);
  w.rows_down = false;
  w.saved.clear();
  pass(1);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(w.saved[0].turns.at(0).text == "yes");
}

BOOST_AUTO_TEST_CASE(the_last_words_are_written_at_the_end) {
  dial();
  attach(pipe());
  w.rows_down = true;
  hear("i1", "caller", "bye");
  w.rows_down = false;
  w.saved.clear();
  hint("completed", progress_effect::ended);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_TEST(w.saved[0].turns.at(0).text == "bye");
  BOOST_TEST(w.analysed.size() == 1u);
  BOOST_TEST(w.stopped.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_without_a_word_is_not_analysed) {
  dial();
  hint("no_answer", progress_effect::ended);
  BOOST_TEST(w.analysed.empty());
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(the_maximum_length_ends_the_call) {
  auto limited = order();
  limited.call.max_call_s = 30;
  aut = spawn_call(sys, {"call", id.str(), ""}, limited, options, shared_ports());
  run();
  w.sheet.max_call_s = 30;
  attach(pipe());
  pass(29);
  BOOST_TEST(w.hung_up.empty());
  pass(2);
  BOOST_REQUIRE(w.hung_up.size() == 1u);
  BOOST_TEST(w.stopped.size() == 1u);
  BOOST_TEST(end_reasons() == std::vector<std::string>{"max_length"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(before_its_maximum_length_the_agent_says_goodbye_once) {
  w.sheet.max_call_s = 60;
  resume();
  BOOST_REQUIRE(attach(pipe()));
  pass(48);
  BOOST_TEST(w.said.empty());
  pass(5);
  BOOST_TEST(
      (w.said == std::vector<std::string>{"I have to end the call now. Goodbye."}));
}

BOOST_AUTO_TEST_CASE(talk_time_is_paid_for_before_it_is_used) {
  dial();
  attach(pipe());
  pass(104);
  BOOST_TEST(w.holds.empty());
  pass(2);
  BOOST_REQUIRE(w.holds.size() == 1u);
  BOOST_TEST(w.holds[0].number == 2);
  pass(58);
  BOOST_TEST(w.holds.size() == 1u);
  pass(62);
  BOOST_REQUIRE(w.holds.size() == 3u);
  BOOST_TEST(w.holds[2].number == 4);
  BOOST_TEST(w.hung_up.empty());
}

BOOST_AUTO_TEST_CASE(a_balance_that_is_over_ends_the_call_within_the_paid_time) {
  w.covered = false;
  dial();
  attach(pipe());
  pass(107);
  BOOST_TEST(w.hung_up.size() >= 1u);
  BOOST_REQUIRE(!end_reasons().empty());
  BOOST_TEST(end_reasons().front() == "no_credit");
  pass(12);
  BOOST_TEST(end_reasons().size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_media_pipe_that_crashes_ends_the_call) {
  dial();
  const auto media = pipe();
  attach(media);
  crash(media);
  BOOST_TEST(w.hung_up.size() == 1u);
  BOOST_TEST(end_reasons() == std::vector<std::string>{"media_failed"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_socket_that_the_carrier_closed_is_no_reason_to_hang_up) {
  dial();
  attach(pipe());
  self->send(aut, media_closed{"MZ1", "carrier_closed", 10, 20});
  run();
  BOOST_TEST(w.hung_up.empty());
  w.found = {true, "CA1", "completed", 12, {}};
  pass(9);
  BOOST_TEST(w.looked_up.size() == 1u);
  BOOST_TEST(w.finished.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_taken_over_goes_on_behind_what_was_said) {
  w.known = {{1, "agent", "hello", "", 0}, {2, "caller", "yes", "", 0}};
  w.known_done = {{"appointment", "{}"}};
  w.sheet.holds = 3;
  resume();
  const auto plan = attach(pipe());
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->greeting == "where were we");
  BOOST_REQUIRE(plan->brief.said.size() == 2u);
  BOOST_TEST(plan->brief.said[0].text == "hello");
  BOOST_TEST(plan->brief.said[1].text == "yes");
  BOOST_REQUIRE(plan->brief.done.size() == 1u);
  BOOST_TEST(plan->brief.done[0].kind == "appointment");
  hear("i9", "caller", "go on");
  pass(1);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_REQUIRE(w.saved[0].turns.size() == 1u);
  BOOST_TEST(w.saved[0].turns[0].seq == 3);
  hint("completed", progress_effect::ended);
  BOOST_TEST(w.finished.empty());
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_call_taken_over_keeps_its_talk_time_and_what_is_paid_for) {
  w.sheet.holds = 2; // pays for 180 s
  w.sheet.max_call_s = 240;
  w.sheet.answered_at_ms = to_unix_ms(ports().clock()) - 100'000;
  resume();
  attach(pipe());
  pass(64);
  BOOST_TEST(w.holds.empty());
  pass(2);
  BOOST_REQUIRE(w.holds.size() == 1u);
  BOOST_TEST(w.holds[0].number == 3);
  BOOST_TEST(w.hung_up.empty());
  pass(75);
  BOOST_REQUIRE(w.hung_up.size() == 1u);
  BOOST_TEST(end_reasons() == std::vector<std::string>{"max_length"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_answer_that_the_carrier_tells_late_counts_from_its_own_time) {
  dial();
  w.effect = progress_effect::applied;
  w.found = {true, "CA1", "in_progress", {}, {}};
  w.found.at_ms = 1234;
  pass(40);
  BOOST_REQUIRE(!w.progress.empty());
  BOOST_TEST(w.progress[0].status == "in_progress");
  BOOST_TEST(w.progress[0].at_ms == 1234);
}

BOOST_AUTO_TEST_CASE(a_talk_that_the_carrier_holds_is_paid_for_as_well) {
  dial();
  hint("in_progress");
  pass(106);
  BOOST_REQUIRE(w.holds.size() == 1u);
  BOOST_TEST(w.holds[0].number == 2);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
