#include "tests/unit/net/twilio_webhooks_fixture.hpp"

namespace caly::test {

namespace {

const twilio::form_fields ringing{
    {"CallSid", "CA1"}, {"CallStatus", "ringing"}, {"SequenceNumber", "1"}};
const twilio::form_fields inbound{
    {"CallSid", "CA5"}, {"From", "+919876543210"}, {"To", "+14155550100"}};

} // namespace

BOOST_FIXTURE_TEST_SUITE(webhooks_twilio, twilio_webhooks_fixture)

BOOST_AUTO_TEST_CASE(nothing_is_believed_without_a_valid_signature) {
  for (const auto* path : {"/twiml/voice",
                           "/twiml/again",
                           "/twiml/fallback",
                           "/twiml/status",
                           "/twiml/amd",
                           "/twiml/recording",
                           "/twiml/transferred",
                           "/twiml/leg",
                           "/twiml/leg/answer",
                           "/twiml/leg/status",
                           "/api/webhooks/twilio/phone"}) {
    BOOST_TEST(send(path + query, ringing, "").status == 403u);
    BOOST_TEST(send(path + query, ringing, "bm9wZQ==").status == 403u);
  }
  auto changed = ringing;
  changed[1].second = "completed";
  const auto signature =
      twilio::signature(token, "https://voice.example/twiml/status" + query, ringing);
  BOOST_TEST(send("/twiml/status" + query, changed, signature).status == 403u);
  BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_CASE(a_status_is_committed_before_it_is_acknowledged) {
  BOOST_TEST(post("/twiml/status" + query, ringing).status == 204u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST((events[0].call == call));
  BOOST_TEST((events[0].tenant == tenant));
  BOOST_TEST(events[0].status == "ringing");
  BOOST_REQUIRE(hints.size() == 1u);
  BOOST_TEST(hints[0].status == "ringing");
}

BOOST_AUTO_TEST_CASE(twilio_sends_again_while_the_store_is_down) {
  store_error = errc::unavailable;
  BOOST_TEST(post("/twiml/status" + query, ringing).status == 503u);
  BOOST_TEST(hints.empty());
}

BOOST_AUTO_TEST_CASE(a_status_that_names_no_call_is_refused) {
  BOOST_TEST(post("/twiml/status", ringing).status == 400u);
  BOOST_TEST(post("/twiml/status?tenant=x&call=y", ringing).status == 400u);
  BOOST_TEST(post("/twiml/status" + query, {{"CallSid", "CA1"}}).status == 400u);
}

BOOST_AUTO_TEST_CASE(a_call_that_was_given_up_is_hung_up) {
  effect = progress_effect::ghost;
  BOOST_TEST(post("/twiml/status" + query, ringing).status == 204u);
  BOOST_REQUIRE(hang_ups.size() == 1u);
  BOOST_TEST(hang_ups[0].provider_call_id == "CA1");
}

BOOST_AUTO_TEST_CASE(who_answered_reaches_the_call) {
  BOOST_TEST(
      post("/twiml/amd" + query, {{"CallSid", "CA1"}, {"AnsweredBy", "machine_start"}})
          .status == 204u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(events[0].answered_by == "machine_start");
  BOOST_REQUIRE(hints.size() == 1u);
  BOOST_TEST(hints[0].answered_by == "machine_start");
  // Nobody else would hang up on a machine.
  BOOST_TEST(sought.size() == 1u);
  post("/twiml/amd" + query, {{"CallSid", "CA1"}, {"AnsweredBy", "human"}});
  BOOST_TEST(sought.size() == 1u);
  BOOST_TEST(hints.size() == 2u);
}

BOOST_AUTO_TEST_CASE(how_a_recording_stands_is_committed_before_it_is_acknowledged) {
  const auto tell = [&](const std::string& status) {
    return post(
        "/twiml/recording" + query,
        {{"CallSid", "CA1"}, {"RecordingSid", "RE1"}, {"RecordingStatus", status}});
  };
  BOOST_TEST(tell("completed").status == 204u);
  BOOST_TEST(tell("completed").status == 204u);
  BOOST_REQUIRE(asked.size() == 2u);
  BOOST_TEST(asked[0] == "recordings.carrier_told");
  BOOST_TEST(tell("in-progress").status == 204u);
  BOOST_TEST(tell("absent").status == 204u);
  BOOST_TEST(tell("deleted").status == 400u);
  BOOST_TEST(
      post("/twiml/recording" + query, {{"RecordingStatus", "completed"}}).status ==
      400u);
  BOOST_TEST(asked.size() == 4u);
}

BOOST_AUTO_TEST_CASE(an_answered_call_is_connected_with_a_ticket_for_one_socket) {
  const auto got = post("/twiml/voice" + query, {{"CallSid", "CA1"}});
  BOOST_TEST(got.status == 200u);
  const std::string before = "wss://voice.example/phone-ws/realtime/";
  const auto begin = got.body.find(before);
  BOOST_REQUIRE(begin != std::string::npos);
  const auto at = begin + before.size();
  const auto ticket = got.body.substr(at, got.body.find('"', at) - at);
  const auto pass = tickets.redeem(ticket, 9);
  BOOST_REQUIRE(pass);
  BOOST_TEST((pass->call == call));
  BOOST_TEST((pass->tenant == tenant));
  BOOST_TEST(!tickets.redeem(ticket, 9));
}

BOOST_AUTO_TEST_CASE(a_broken_stream_gets_another_one_while_the_call_lives) {
  const auto first = post("/twiml/voice" + query, {{"CallSid", "CA1"}});
  const auto next = "https://voice.example/twiml/again?tenant=" + tenant.str() +
                    "&amp;call=" + call.str();
  BOOST_TEST(first.says("<Connect action=\"" + next + '"'));
  BOOST_TEST(first.says("<Redirect method=\"POST\">" + next));
  for (const auto* sessions : {"0", "1", "3"}) {
    talk = std::string{R"({"live":true,"language":"hi","sessions":)"} + sessions + "}";
    for (const auto* path : {"/twiml/again", "/twiml/fallback"})
      BOOST_TEST(post(path + query, ringing).says("<Connect"), sessions);
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_breaks_for_ever_is_ended_in_the_calls_language) {
  talk = R"({"live":true,"language":"hi","sessions":4})";
  const auto got = post("/twiml/again" + query, ringing);
  BOOST_TEST(!got.says("<Connect"));
  BOOST_TEST(got.says("लाइन"));
  BOOST_TEST(got.says("<Hangup/>"));
  BOOST_CHECK(asked.back() == "calls.end_reason");
}

BOOST_AUTO_TEST_CASE(a_stream_that_ended_with_its_call_is_not_opened_again) {
  for (const auto* none : {"null", R"({"live":false,"language":"en","sessions":1})"}) {
    talk = none;
    const auto got = post("/twiml/again" + query, ringing);
    BOOST_TEST(got.says("<Hangup/>"));
    BOOST_TEST(!got.says("<Connect"));
  }
  BOOST_TEST(post("/twiml/again", ringing).status == 400u);
}

BOOST_AUTO_TEST_CASE(a_ticket_expires_and_cannot_be_changed) {
  const auto ticket = tickets.issue({tenant, call}, 1000);
  BOOST_TEST(tickets.check(ticket, 1060).has_value());
  BOOST_TEST(!tickets.check(ticket, 1061));
  for (std::size_t i = 0; i < ticket.size(); ++i) {
    auto changed = ticket;
    changed[i] = changed[i] == '0' ? '1' : '0';
    BOOST_TEST(!tickets.check(changed, 1000));
  }
  BOOST_TEST(!media_tickets("other", std::chrono::seconds{60}).check(ticket, 1000));
  BOOST_TEST(!tickets.check("", 1000));
  BOOST_TEST(!tickets.check("....", 1000));
}

BOOST_AUTO_TEST_CASE(a_ticket_names_its_brain) {
  for (const auto brain :
       {brain_kind::realtime, brain_kind::cascade, brain_kind::relay}) {
    const auto pass = tickets.check(tickets.issue({tenant, call, brain}, 1000), 1000);
    BOOST_REQUIRE(pass.has_value());
    BOOST_TEST((pass->brain == brain));
    BOOST_TEST((pass->call == call));
  }
  auto changed = tickets.issue({tenant, call, brain_kind::cascade}, 1000);
  changed.replace(changed.find("cascade"), 7, "relay");
  BOOST_TEST(!tickets.check(changed, 1000));
}

BOOST_AUTO_TEST_CASE(an_inbound_call_reaches_the_agent_of_its_number) {
  const auto agent = agent_id::make();
  number = R"({"phone":"+14155550100","tenant_id":")" + tenant.str() +
           R"(","agent_id":")" + agent.str() + R"(","provider":"twilio"})";
  const auto got = post("/api/webhooks/twilio/phone", inbound);
  BOOST_TEST(got.status == 200u);
  BOOST_TEST(got.says("<Connect action="));
  BOOST_REQUIRE(opened.size() == 1u);
  BOOST_TEST((opened[0].tenant == tenant));
  BOOST_TEST((opened[0].call.agent == agent));
  BOOST_TEST(opened[0].inbound);
  BOOST_TEST(opened[0].provider_call_id == "CA5");
  BOOST_TEST(opened[0].call.from == "+919876543210");
}

BOOST_AUTO_TEST_CASE(a_number_nobody_has_is_rejected) {
  BOOST_TEST(post("/twiml/voice", inbound).says("<Reject"));
  BOOST_TEST(opened.empty());
}

BOOST_AUTO_TEST_CASE(the_status_of_an_inbound_call_is_found_by_its_number_and_id) {
  auto ended = inbound;
  ended.emplace_back("CallStatus", "completed");
  ended.emplace_back("CallDuration", "9");
  BOOST_TEST(post("/twiml/status", ended).status == 400u); // not said to be inbound
  ended.emplace_back("Direction", "inbound");
  BOOST_TEST(post("/twiml/status", ended).status == 204u); // nobody's number
  number = R"({"phone":"+14155550100","tenant_id":")" + tenant.str() + R"("})";
  BOOST_TEST(post("/twiml/status", ended).status == 204u); // it was rejected
  BOOST_TEST(events.empty());
  row = R"({"id":")" + call.str() + R"("})";
  BOOST_TEST(post("/twiml/status", ended).status == 204u);
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST((events[0].call == call));
  BOOST_TEST(events[0].status == "completed");
  BOOST_TEST(events[0].duration_s.value_or(0) == 9);
}

BOOST_AUTO_TEST_CASE(an_inbound_call_beyond_the_limits_hears_busy) {
  number = R"({"tenant_id":")" + tenant.str() + R"(","agent_id":")" +
           agent_id::make().str() + R"("})";
  store_error = errc::tenant_at_capacity;
  BOOST_TEST(post("/twiml/voice", inbound).says(R"(<Reject reason="busy")"));
  store_error = errc::no_credit;
  BOOST_TEST(post("/twiml/voice", inbound).says("<Hangup/>"));
  store_error = errc::unavailable;
  BOOST_TEST(post("/twiml/voice", inbound).status == 503u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
