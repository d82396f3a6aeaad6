#include "tests/unit/actors/call_fixture.hpp"

namespace caly::test {
namespace {

/// A call that talks, and a person to hand it over to.
struct talking_call : one_call {
  talking_call() {
    resume();
    BOOST_REQUIRE(attach(pipe()));
  }

  caf::expected<std::int32_t> transfer(transfer_mode mode = transfer_mode::warm,
                                       const std::string& to = "+919844000123") {
    return ask<std::int32_t>(desk(),
                             transfer_call{mode, to, "Ravi", "an order", "usr_1"});
  }

  call_desk_actor desk() { return caf::actor_cast<call_desk_actor>(aut); }

  void news(const std::string& state, std::int32_t number = 1) {
    self->send(desk(), transfer_progressed{id, number, state});
    run();
  }

  /// The carrier closes the socket, as after a `stop_media`.
  void line_closes(const std::string& reason = "transfer") {
    self->send(aut, media_closed{"MZ1", reason, 0, 0});
    run();
  }

  bool leaving() {
    return caf::get_or(*ask<status_report>(aut, get_status{}), "leaving", false);
  }

  std::int64_t under_way() {
    return caf::get_or(
        *ask<status_report>(aut, get_status{}), "transfer", std::int64_t{-1});
  }

  std::vector<std::string> steps() const {
    std::vector<std::string> out;
    for (const auto& each : w.records)
      if (each.statement == "transfers.step")
        out.push_back(each.arguments.at(2).value_or(""));
    return out;
  }
};

BOOST_FIXTURE_TEST_SUITE(call_transfer, talking_call)

BOOST_AUTO_TEST_CASE(a_warm_transfer_rings_the_person_once_while_the_agent_stays) {
  BOOST_TEST(*transfer() == 1);
  pass(5);
  BOOST_REQUIRE(w.legs.size() == 1u);
  BOOST_TEST(w.legs[0].to == "+919844000123");
  BOOST_TEST(w.legs[0].from == "+12025550100");
  BOOST_TEST(w.legs[0].transfer == 1);
  BOOST_TEST(w.legs[0].not_after_ns > 0);
  BOOST_TEST(w.stopped.empty());
  BOOST_TEST(!leaving());
}

BOOST_AUTO_TEST_CASE(the_caller_leaves_once_the_person_took_the_call) {
  transfer();
  news("accepted");
  BOOST_CHECK(w.stopped == std::vector<std::string>{"transfer"});
  line_closes();
  pass(3);
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(end_reasons().empty());
}

BOOST_AUTO_TEST_CASE(a_person_who_cannot_be_had_leaves_the_call_to_the_agent) {
  for (const auto* state : {"declined", "busy", "no_answer", "failed"}) {
    transfer();
    news(state);
    BOOST_REQUIRE(!w.said.empty());
    BOOST_TEST(w.said.back() == "I could not reach Ravi.");
    BOOST_TEST(under_way() == 0);
  }
  BOOST_TEST(w.said.size() == 4u);
  BOOST_TEST(w.stopped.empty());
}

BOOST_AUTO_TEST_CASE(a_leg_that_the_carrier_refuses_is_told_at_once) {
  w.leg_answer = {create_result::refused, "", "twilio 21211", 0};
  transfer();
  BOOST_CHECK(steps() == std::vector<std::string>{"failed"});
  BOOST_TEST(w.said.size() == 1u);
}

BOOST_AUTO_TEST_CASE(
    a_leg_whose_fate_is_unknown_is_never_sent_again_and_given_up_in_time) {
  w.leg_answer = {create_result::unknown, "", "timeout", 0};
  transfer();
  pass(60);
  BOOST_TEST(steps().empty());
  pass(30);
  BOOST_CHECK(steps() == std::vector<std::string>{"failed"});
  BOOST_TEST(w.legs.size() == 1u);
  BOOST_TEST(w.said.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_blind_transfer_lets_the_caller_go_and_rings_nobody_itself) {
  transfer(transfer_mode::blind);
  BOOST_CHECK(w.stopped == std::vector<std::string>{"transfer"});
  line_closes();
  BOOST_TEST(w.legs.empty());
  BOOST_TEST(w.hung_up.empty());
}

BOOST_AUTO_TEST_CASE(the_agent_says_its_last_words_before_it_leaves) {
  const auto answer = use("t1", "hand_over_blindly");
  BOOST_TEST(answer.end_call);
  BOOST_TEST(w.stopped.empty());
  line_closes("agent_ended");
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(end_reasons().empty());
}

BOOST_AUTO_TEST_CASE(the_agent_stays_with_a_caller_who_waits_for_a_person) {
  const auto answer = use("t1", "hand_over");
  BOOST_TEST(!answer.end_call);
  BOOST_TEST(w.legs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_transfer_at_a_time) {
  transfer();
  BOOST_CHECK(transfer().error() == errc::conflict);
  news("declined");
  BOOST_CHECK(transfer());
}

BOOST_AUTO_TEST_CASE(addresses_take_the_modes_that_they_can) {
  BOOST_CHECK(transfer(transfer_mode::refer).error() == errc::invalid);
  BOOST_CHECK(transfer(transfer_mode::warm, "sip:a@b.example").error() == errc::invalid);
  BOOST_CHECK(transfer(transfer_mode::refer, "sip:a@b.example"));
}

BOOST_AUTO_TEST_CASE(a_caller_who_is_gone_lets_the_persons_phone_fall_silent) {
  transfer();
  hint("completed", progress_effect::ended);
  BOOST_REQUIRE(w.hung_up.size() == 1u);
  BOOST_TEST(w.hung_up[0].provider_call_id == "CA2");
  BOOST_TEST((steps() == std::vector<std::string>{"ringing", "canceled"}));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_call_ends_its_transfer) {
  transfer();
  news("accepted");
  news("connected");
  hint("completed", progress_effect::ended);
  BOOST_TEST(w.hung_up.empty());
  BOOST_TEST(steps().back() == "ended");
}

BOOST_AUTO_TEST_CASE(a_node_that_took_the_call_over_lets_the_caller_go_too) {
  news("accepted", 4);
  BOOST_CHECK(w.stopped == std::vector<std::string>{"transfer"});
}

BOOST_AUTO_TEST_CASE(news_of_another_transfer_change_nothing) {
  transfer();
  news("declined", 7);
  BOOST_TEST(under_way() == 1);
  BOOST_TEST(w.said.empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(call_desk, talking_call)

BOOST_AUTO_TEST_CASE(people_say_and_advise_through_the_agent) {
  BOOST_TEST(*ask<bool>(desk(), say_text{"we are open on Sunday"}));
  BOOST_TEST(*ask<bool>(desk(), advise_agent{"offer a discount"}));
  BOOST_CHECK(w.said == std::vector<std::string>{"we are open on Sunday"});
  BOOST_CHECK(w.advice == std::vector<std::string>{"offer a discount"});
}

BOOST_AUTO_TEST_CASE(the_agent_tells_a_caller_who_waited_that_it_is_back) {
  BOOST_TEST(*ask<bool>(desk(), give_word{call_speaker::nobody}));
  BOOST_TEST(*ask<bool>(desk(), give_word{call_speaker::nobody}));
  BOOST_TEST(w.said.empty());
  BOOST_TEST(*ask<bool>(desk(), give_word{call_speaker::agent}));
  BOOST_TEST(
      (w.words == std::vector<call_speaker>{call_speaker::nobody, call_speaker::agent}));
  BOOST_CHECK(w.said == std::vector<std::string>{"Thank you for waiting."});
}

BOOST_AUTO_TEST_CASE(each_change_of_the_word_stands_in_the_timeline) {
  for (const auto to : {call_speaker::nobody,
                        call_speaker::agent,
                        call_speaker::person,
                        call_speaker::agent})
    ask<bool>(desk(), give_word{to});
  std::vector<std::string> kinds;
  for (const auto& each : w.events)
    if (each.kind != "media_opened")
      kinds.push_back(each.kind);
  BOOST_CHECK((kinds ==
               std::vector<std::string>{"held", "resumed", "taken_over", "handed_back"}));
}

BOOST_AUTO_TEST_CASE(nobody_can_be_told_anything_without_a_line) {
  line_closes("carrier_closed");
  BOOST_TEST(!*ask<bool>(desk(), say_text{"hello"}));
  BOOST_TEST(!*ask<bool>(desk(), advise_agent{"hello"}));
  BOOST_TEST(!*ask<bool>(desk(), give_word{call_speaker::nobody}));
}

BOOST_AUTO_TEST_CASE(another_line_begins_with_the_agent_having_the_word) {
  ask<bool>(desk(), give_word{call_speaker::person});
  BOOST_REQUIRE(attach(pipe(), "MZ2"));
  BOOST_TEST(status("speaker") == "agent");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
