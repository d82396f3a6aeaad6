#include "tests/unit/net/twilio_webhooks_fixture.hpp"

namespace caly::test {

namespace {

const std::string of = query + "&transfer=1";

std::string transfer_row(const std::string& mode, const std::string& state) {
  return R"({"number":1,"mode":")" + mode + R"(","state":")" + state +
         R"(","destination":"+919844000123","from":"+12025550100","live":true,)"
         R"("language":"en","briefing":"An order & more"})";
}

struct fixture : twilio_webhooks_fixture {
  fixture() { talk = R"({"live":true,"sessions":1,"language":"en"})"; }

  webhook_answer dialed(const std::string& status) {
    return post("/twiml/transferred" + of,
                {{"CallSid", "CA1"}, {"DialCallStatus", status}});
  }

  webhook_answer pressed(const std::string& key) {
    return post("/twiml/leg/answer" + of, {{"CallSid", "CA2"}, {"Digits", key}});
  }

  webhook_answer leg(const std::string& status) {
    return post("/twiml/leg/status" + of, {{"CallSid", "CA2"}, {"CallStatus", status}});
  }

  webhook_answer again() { return post("/twiml/again" + query, {{"CallSid", "CA1"}}); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(webhooks_transfer, fixture)

BOOST_AUTO_TEST_CASE(a_caller_whom_the_agent_left_blindly_is_connected_with_the_person) {
  open_transfer = transfer_row("blind", "wanted");
  const auto answer = again();
  BOOST_TEST(answer.says("<Number>+919844000123</Number>"));
  BOOST_TEST(answer.says(R"(callerId="+12025550100")"));
  BOOST_TEST(answer.says("https://voice.example/twiml/transferred?tenant="));
  BOOST_CHECK(steps == std::vector<std::string>{"connected"});
}

BOOST_AUTO_TEST_CASE(a_refer_hands_the_caller_to_the_other_side) {
  open_transfer = transfer_row("refer", "wanted");
  BOOST_TEST(again().says("<Refer"));
}

BOOST_AUTO_TEST_CASE(both_legs_of_a_warm_transfer_meet_in_one_room) {
  open_transfer = transfer_row("warm", "accepted");
  const auto room = ">" + call.str() + "-1</Conference>";
  BOOST_TEST(again().says(room));
  BOOST_TEST(pressed("1").says(room));
}

BOOST_AUTO_TEST_CASE(a_line_that_broke_while_a_person_is_rung_goes_back_to_the_agent) {
  open_transfer = transfer_row("warm", "ringing");
  BOOST_TEST(again().says("<Stream"));
  BOOST_TEST(steps.empty());
}

BOOST_AUTO_TEST_CASE(a_person_hears_what_it_is_about_and_is_asked) {
  transfer = transfer_row("warm", "ringing");
  const auto answer = post("/twiml/leg" + of, {{"CallSid", "CA2"}});
  BOOST_TEST(answer.says("An order &amp; more"));
  BOOST_TEST(answer.says("/twiml/leg/answer?tenant="));
  BOOST_TEST(answer.says("<Hangup/>"));
}

BOOST_AUTO_TEST_CASE(a_person_who_picks_up_too_late_hears_nothing) {
  for (const auto* state : {"failed", "canceled", "connected"}) {
    transfer = transfer_row("warm", state);
    BOOST_TEST(!post("/twiml/leg" + of, {{"CallSid", "CA2"}}).says("<Say"));
  }
  transfer = "null";
  BOOST_TEST(!post("/twiml/leg" + of, {{"CallSid", "CA2"}}).says("<Say"));
}

BOOST_AUTO_TEST_CASE(one_key_takes_the_call_and_any_other_declines) {
  pressed("1");
  const auto declined = pressed("2");
  BOOST_TEST((steps == std::vector<std::string>{"accepted", "declined"}));
  BOOST_TEST(!declined.says("<Conference"));
}

BOOST_AUTO_TEST_CASE(who_accepts_a_transfer_that_is_over_is_let_go) {
  state_after = "canceled";
  BOOST_TEST(!pressed("1").says("<Conference"));
}

BOOST_AUTO_TEST_CASE(a_caller_whom_nobody_took_comes_back_to_the_agent) {
  for (const auto* status : {"busy", "no-answer", "failed"})
    BOOST_TEST(dialed(status).says("<Stream"));
  BOOST_TEST((steps == std::vector<std::string>{"busy", "no_answer", "failed"}));
}

BOOST_AUTO_TEST_CASE(a_caller_who_talked_with_the_person_is_done) {
  BOOST_TEST(dialed("completed").says("<Hangup/>"));
  BOOST_TEST(dialed("answered").says("<Hangup/>"));
  BOOST_TEST((steps == std::vector<std::string>{"ended", "ended"}));
}

BOOST_AUTO_TEST_CASE(what_becomes_of_the_persons_phone_is_a_step) {
  for (const auto* status : {"ringing", "busy", "no-answer", "completed"})
    BOOST_TEST(leg(status).status == 204u);
  BOOST_TEST(
      (steps == std::vector<std::string>{"ringing", "busy", "no_answer", "declined"}));
  BOOST_TEST(leg("queued").status == 204u);
  BOOST_TEST(steps.size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_seconds_that_the_carrier_counted_go_with_the_end_of_a_leg) {
  post("/twiml/transferred" + of,
       {{"CallSid", "CA1"}, {"DialCallStatus", "completed"}, {"DialCallDuration", "25"}});
  BOOST_TEST(talked_s == "25");
  post("/twiml/leg/status" + of,
       {{"CallSid", "CA2"}, {"CallStatus", "completed"}, {"CallDuration", "31"}});
  BOOST_TEST(talked_s == "31");
  for (const auto* odd : {"", "-1", "0", "1.5", "99999999999"}) {
    post(
        "/twiml/transferred" + of,
        {{"CallSid", "CA1"}, {"DialCallStatus", "completed"}, {"DialCallDuration", odd}});
    BOOST_TEST(talked_s == "");
  }
}

BOOST_AUTO_TEST_CASE(a_callback_without_its_transfer_is_refused) {
  for (const auto* number : {"", "&transfer=", "&transfer=0", "&transfer=x"})
    BOOST_TEST(post("/twiml/leg" + query + number, {{"CallSid", "CA2"}}).status == 400u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
