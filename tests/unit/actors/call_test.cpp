#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {
namespace {

BOOST_FIXTURE_TEST_SUITE(call_suite, one_call)

// -- the dial protocol

BOOST_AUTO_TEST_CASE(marks_then_sends_once_and_records_the_answer) {
  w.mark_silent = true;
  dial();
  BOOST_TEST(w.marks.size() == 1u);
  BOOST_TEST(w.marks.at(0).owner.fence == 7);
  BOOST_TEST(w.created.empty());
  deliver(store, w.held_marks.at(0), sendable_calls{{id}});
  run();
  BOOST_REQUIRE(w.created.size() == 1u);
  BOOST_TEST(w.created[0].to == "+919800000001");
  BOOST_TEST(w.created[0].not_after_ns > 0);
  BOOST_REQUIRE(w.answers.size() == 1u);
  BOOST_CHECK(w.answers[0].result == create_result::placed);
  BOOST_TEST(w.answers[0].provider_call_id == "CA1");
  BOOST_TEST(status("phase") == "placed");
  pass(60);
  BOOST_TEST(w.created.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_mark_without_an_answer_never_sends_and_gives_the_line_back) {
  w.mark_silent = true;
  w.state_after = "reserved";
  dial();
  pass(12);
  deliver(store, w.held_marks.at(0), sendable_calls{{id}});
  pass(2);
  BOOST_TEST(w.created.empty());
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "never_sent");
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_call_that_may_not_be_sent_is_not_sent) {
  w.sendable = false;
  dial();
  BOOST_TEST(w.created.empty());
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "never_sent");
  BOOST_CHECK(w.finished[0].call == id);
  BOOST_CHECK(w.finished[0].campaign == campaign);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_call_of_a_shard_that_moved_is_not_sent) {
  w.mark_error = errc::fenced;
  w.state_after = "reserved";
  dial();
  pass(5);
  BOOST_TEST(w.created.empty());
  BOOST_TEST(w.finished.size() == 1u);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_refusal_and_a_throttling_end_the_call_with_what_they_mean) {
  w.create_answer = {create_result::refused, {}, "invalid number", 0};
  dial();
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "refused");
  BOOST_TEST(w.answers.at(0).reason == "invalid number");
  w.create_answer = {create_result::throttled, {}, "20429", 3};
  dial();
  BOOST_REQUIRE(w.finished.size() == 2u);
  BOOST_TEST(w.finished[1].status == "never_sent");
  BOOST_TEST(w.answers.at(1).retry_after_s == 3);
}

BOOST_AUTO_TEST_CASE(an_unknown_outcome_stays_until_told_and_is_never_sent_again) {
  w.create_answer = {create_result::unknown, {}, "timeout", 0};
  dial();
  pass(20);
  BOOST_TEST(w.created.size() == 1u);
  BOOST_TEST(w.finished.empty());
  BOOST_TEST(!is_over());
  hint("completed", progress_effect::ended);
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "completed");
  BOOST_TEST(w.created.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_carrier_that_never_answers_leaves_an_unknown_outcome) {
  w.create_held = true;
  dial();
  BOOST_TEST(w.answers.empty());
  pass(16);
  BOOST_REQUIRE(w.answers.size() == 1u);
  BOOST_CHECK(w.answers[0].result == create_result::unknown);
  BOOST_TEST(w.created.size() == 1u);
  BOOST_TEST(w.finished.empty());
}

BOOST_AUTO_TEST_CASE(a_webhook_may_be_faster_than_the_answer_to_create_call) {
  w.create_held = true;
  dial();
  hint("ringing");
  BOOST_TEST(status("phase") == "sending");
  deliver(carrier, w.held_creates.at(0), w.create_answer);
  run();
  BOOST_TEST(status("phase") == "placed");
  BOOST_TEST(status("status") == "ringing");
}

BOOST_AUTO_TEST_CASE(the_end_may_be_faster_than_the_answer_to_create_call) {
  w.create_held = true;
  dial();
  hint("busy", progress_effect::ended);
  BOOST_TEST(w.finished.size() == 1u);
  deliver(carrier, w.held_creates.at(0), w.create_answer);
  pass(3);
  BOOST_TEST(w.finished.size() == 1u);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_row_that_ended_before_the_answer_came_ends_the_call_too) {
  w.state_after = "ended";
  dial();
  BOOST_TEST(w.finished.size() == 1u);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(a_call_that_was_given_up_while_it_was_placed_is_hung_up) {
  w.state_after = "ghost";
  dial();
  BOOST_REQUIRE(w.hung_up.size() == 1u);
  BOOST_TEST(w.hung_up[0].provider_call_id == "CA1");
}

// -- its end

BOOST_AUTO_TEST_CASE(the_end_is_told_to_the_tenant_once) {
  dial();
  attach(pipe());
  hear("i1", "caller", "hello");
  self->send(aut, call_progressed{id, "completed", progress_effect::ended, {}});
  self->send(aut, call_progressed{id, "completed", progress_effect::ended, {}});
  run();
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "completed");
  BOOST_TEST(w.analysed.size() == 1u);
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(an_end_that_was_committed_elsewhere_ends_the_call_here) {
  for (const auto effect : {progress_effect::duplicate, progress_effect::stale}) {
    w.finished.clear();
    dial();
    hint("no_answer", effect);
    BOOST_TEST(w.finished.size() == 1u, to_string(effect));
    BOOST_TEST(is_over(), to_string(effect));
  }
}

BOOST_AUTO_TEST_CASE(an_old_event_that_comes_late_changes_nothing) {
  dial();
  hint("in_progress");
  hint("ringing", progress_effect::stale);
  BOOST_TEST(status("status") == "in_progress");
  BOOST_TEST(w.finished.empty());
}

BOOST_AUTO_TEST_CASE(a_lost_webhook_makes_it_ask_the_carrier) {
  dial();
  pass(38);
  BOOST_TEST(w.looked_up.empty());
  w.found = {true, "CA1", "no_answer", std::nullopt, {}};
  pass(2);
  BOOST_REQUIRE(w.looked_up.size() == 1u);
  BOOST_TEST(w.looked_up[0].call.provider_call_id == "CA1");
  BOOST_REQUIRE(w.progress.size() == 1u);
  BOOST_TEST(w.progress[0].status == "no_answer");
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "no_answer");
}

BOOST_AUTO_TEST_CASE(a_silent_carrier_is_asked_at_most_every_ten_seconds) {
  dial();
  pass(70);
  BOOST_TEST(w.looked_up.size() >= 2u);
  BOOST_TEST(w.looked_up.size() <= 4u);
}

BOOST_AUTO_TEST_CASE(an_unknown_call_whose_row_ended_unnoticed_is_found_in_the_rows) {
  w.create_answer = {create_result::unknown, {}, "timeout", 0};
  dial();
  w.sheet.state = "lost";
  w.sheet.status = "lost";
  pass(120);
  BOOST_REQUIRE(w.finished.size() == 1u);
  BOOST_TEST(w.finished[0].status == "lost");
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_CASE(an_unknown_call_that_turns_out_placed_can_be_hung_up) {
  w.create_answer = {create_result::unknown, {}, "timeout", 0};
  dial();
  w.found = {true, "CA1", "in_progress", std::nullopt, {}};
  w.effect = progress_effect::applied;
  pass(120);
  BOOST_TEST(status("phase") == "placed");
  ask<bool>(aut, end_call{"operator"});
  BOOST_TEST(w.hung_up.size() >= 1u);
}

BOOST_AUTO_TEST_CASE(a_ghost_is_hung_up) {
  dial();
  hint("ringing", progress_effect::ghost);
  BOOST_TEST(w.hung_up.size() == 1u);
  BOOST_TEST(end_reasons() == std::vector<std::string>{"given_up"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_call_that_is_ended_while_it_is_placed_is_hung_up_afterwards) {
  w.create_held = true;
  dial();
  BOOST_TEST(*ask<bool>(aut, end_call{"operator"}));
  BOOST_TEST(w.hung_up.empty());
  deliver(carrier, w.held_creates.at(0), w.create_answer);
  run();
  BOOST_TEST(w.hung_up.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
