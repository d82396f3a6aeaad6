#include "tests/unit/actors/call_fixture.hpp"

#include <algorithm>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

struct fixture : call_fixture {
  call_actor aut;

  call_actor dial() {
    aut = spawn<call_actor, call_state>(sys,
                                        actor_label{"call", id.str(), tenant.str()},
                                        dialed_call,
                                        order(),
                                        options,
                                        ports());
    run();
    return aut;
  }

  call_actor resume() {
    aut = spawn<call_actor, call_state>(sys,
                                        actor_label{"call", id.str(), tenant.str()},
                                        resumed_call,
                                        w.sheet,
                                        options,
                                        ports());
    run();
    return aut;
  }

  void hint(const std::string& status,
            progress_effect effect = progress_effect::applied) {
    self->send(aut, call_progressed{id, status, effect, {}});
    run();
  }

  media_pipe_actor pipe() { return sys.spawn(fake_pipe, &w); }

  caf::expected<media_plan> attach(const media_pipe_actor& with,
                                   const std::string& stream = "MZ1") {
    return ask<media_plan>(aut, attach_media{tenant, id, stream, "CA1", with});
  }

  void hear(const std::string& item, const std::string& role, const std::string& text) {
    self->send(aut, turn_heard{item, role, text});
    run();
  }

  tool_answer use(const std::string& tool_call, const std::string& name) {
    return *ask<tool_answer>(aut, tool_called{tool_call, name, "{}"});
  }

  std::string status(const std::string& key) {
    const auto report = *ask<status_report>(aut, get_status{});
    return caf::get_or(report, key, std::string{});
  }

  bool is_over() { return !table().find(aut.id()); }

  std::vector<std::string> end_reasons() const {
    std::vector<std::string> out;
    for (const auto& each : w.records)
      if (each.statement == "calls.end_reason")
        out.push_back(each.arguments.at(1).value_or(""));
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(call_suite, fixture)

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

// -- the conversation

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
  BOOST_TEST(plan->greeting.empty());
  BOOST_REQUIRE(plan->context.size() == 1u);
  BOOST_TEST(plan->context[0] == "my name is Asha");
  BOOST_TEST(w.agents_made == 1u);
  // The first one is told to go and its end means nothing any more.
  BOOST_TEST(w.stopped.size() == 1u);
  self->send(aut, media_closed{"MZ1", "idle", 0, 0});
  crash(first);
  BOOST_TEST(w.hung_up.empty());
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

BOOST_AUTO_TEST_CASE(a_tool_that_could_not_be_recorded_is_told_to_the_model_as_failed) {
  dial();
  attach(pipe());
  w.rows_down = true;
  const auto answer = use("t1", "book_and_end");
  BOOST_TEST(answer.output.find("\"ok\":false") != std::string::npos);
  BOOST_TEST(!answer.end_call);
}

BOOST_AUTO_TEST_CASE(turns_are_written_each_second_and_only_when_they_changed) {
  dial();
  attach(pipe());
  hear("i1", "agent", "hello, this is");
  pass(1);
  BOOST_REQUIRE(w.saved.size() == 1u);
  pass(3);
  BOOST_TEST(w.saved.size() == 1u);
  hear("i2", "caller", "yes");
  hear("i1", "agent", "hello");
  pass(1);
  BOOST_REQUIRE(w.saved.size() == 2u);
  BOOST_REQUIRE(w.saved[1].turns.size() == 2u);
  BOOST_TEST(w.saved[1].turns[0].text == "hello");
  BOOST_TEST(w.saved[1].turns[0].seq == 1);
  BOOST_TEST(w.saved[1].turns[1].seq == 2);
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
  hear("i1", "caller", "bye");
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
  aut = spawn<call_actor, call_state>(
      sys, actor_label{"call", id.str(), ""}, dialed_call, limited, options, ports());
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
  w.sheet.holds = 3;
  resume();
  const auto plan = attach(pipe());
  BOOST_REQUIRE(plan);
  BOOST_TEST(plan->context.size() == 2u);
  hear("i9", "caller", "go on");
  pass(1);
  BOOST_REQUIRE(w.saved.size() == 1u);
  BOOST_REQUIRE(w.saved[0].turns.size() == 1u);
  BOOST_TEST(w.saved[0].turns[0].seq == 3);
  hint("completed", progress_effect::ended);
  BOOST_TEST(w.finished.empty());
  BOOST_TEST(is_over());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
