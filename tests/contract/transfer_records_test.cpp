#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

/// A call that lives, and the ways to hand it over.
struct fixture : stores_fixture {
  call_id call = reserve();

  call_id reserve() {
    const auto campaign = add_campaign(import_people(1));
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto id = call_id::make();
    BOOST_REQUIRE(ask<reservation>(stores.dial,
                                   reserve_calls{tenant, campaign, own_shard(), {id}}));
    return id;
  }

  std::string begin(const std::string& mode = "warm") {
    return std::to_string(
        run("transfers.begin",
            {call.str(), mode, "+919844000123", "Ravi", "an order", "agent"})["number"]
            .int_or(0));
  }

  std::string step(const std::string& number,
                   const std::string& state,
                   const record_argument& leg = std::nullopt) {
    return std::string{
        run("transfers.step",
            {call.str(), number, state, leg, std::nullopt, std::nullopt})["state"]
            .text_or("none")};
  }

  /// The state after all of `states`, one after the other.
  std::string through(const std::string& mode, const std::vector<std::string>& states) {
    const auto number = begin(mode);
    std::string last;
    for (const auto& each : states)
      last = step(number, each);
    step(number, "ended");
    step(number, "canceled");
    return last;
  }

  std::string events() {
    std::string out;
    const auto lines = run("calls.events", {call.str()}, 100);
    for (const auto& each : lines.items())
      if (const auto kind = each["kind"].text_or(""); kind.starts_with("transfer_"))
        out += std::string{kind} + ' ';
    return out;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(transfer_records, fixture)

BOOST_AUTO_TEST_CASE(steps_go_forward_only) {
  using all = std::vector<std::string>;
  BOOST_TEST(through("warm", {"ringing", "accepted", "connected", "ended"}) == "ended");
  BOOST_TEST(through("warm", {"ringing", "busy"}) == "busy");
  BOOST_TEST(through("warm", {"ringing", "declined", "accepted"}) == "declined");
  BOOST_TEST(through("warm", {"accepted", "ringing"}) == "accepted");
  BOOST_TEST(through("warm", {"accepted", "connected", "declined"}) == "connected");
  BOOST_TEST(through("blind", {"connected", "busy"}) == "busy");
  BOOST_TEST(through("blind", {"connected", "ended", "busy"}) == "ended");
}

BOOST_AUTO_TEST_CASE(a_call_that_ends_before_the_person_is_there_cancels_the_transfer) {
  BOOST_TEST(through("warm", {"ringing", "ended"}) == "canceled");
  BOOST_TEST(through("warm", {"accepted", "ended"}) == "canceled");
}

BOOST_AUTO_TEST_CASE(one_is_open_at_a_time_and_they_are_counted) {
  BOOST_TEST(begin() == "1");
  const auto second = try_run(tenant,
                              "transfers.begin",
                              {call.str(), "warm", "+919844000123", "Ravi", "", "agent"});
  BOOST_CHECK(second.error() == errc::conflict);
  step("1", "declined");
  BOOST_TEST(begin() == "2");
  BOOST_TEST(run("transfers.of_call", {call.str()}, 10).items().size() == 2u);
}

BOOST_AUTO_TEST_CASE(each_step_is_a_line_of_the_timeline_once) {
  begin();
  for (int i = 0; i < 2; ++i)
    for (const auto* state : {"ringing", "accepted", "connected", "ended"})
      step("1", state);
  BOOST_TEST(events() == "transfer_wanted transfer_ringing transfer_accepted "
                         "transfer_connected transfer_ended ");
}

BOOST_AUTO_TEST_CASE(the_open_one_tells_the_carrier_where_to_connect_the_caller) {
  begin("blind");
  const auto open = run("transfers.open", {call.str()});
  BOOST_TEST(open["destination"].text_or("") == "+919844000123");
  BOOST_TEST(open["mode"].text_or("") == "blind");
  BOOST_TEST(!open["from"].text_or("").empty());
  step("1", "canceled");
  BOOST_TEST(run("transfers.open", {call.str()})["mode"].text_or("none") == "none");
}

BOOST_AUTO_TEST_CASE(the_leg_is_kept_from_the_first_step_that_names_it) {
  begin();
  step("1", "ringing", "CA2");
  step("1", "accepted", "CA3");
  BOOST_TEST(run("transfers.get", {call.str(), "1"})["leg"].text_or("") == "CA2");
}

BOOST_AUTO_TEST_CASE(another_tenant_has_no_such_transfer) {
  begin();
  const auto stranger = add_tenant("stranger@example.com");
  BOOST_TEST(run_as(stranger, "transfers.of_call", {call.str()}, 10).items().empty());
  BOOST_TEST(run_as(stranger,
                    "transfers.step",
                    {call.str(),
                     "1",
                     "declined",
                     std::nullopt,
                     std::nullopt,
                     std::nullopt})["state"]
                 .text_or("none") == "none");
  BOOST_TEST(run("transfers.get", {call.str(), "1"})["state"].text_or("") == "wanted");
}

BOOST_AUTO_TEST_CASE(who_takes_the_call_over_knows_what_came_of_its_transfers) {
  BOOST_REQUIRE(ask<call_session>(stores.calls, take_call{tenant, call, "n1"}));
  begin();
  step("1", "no_answer");
  const auto taken = ask<call_session>(stores.calls, take_call{tenant, call, "n1"});
  BOOST_REQUIRE(taken);
  BOOST_REQUIRE_EQUAL(taken->actions.size(), 1u);
  BOOST_TEST(taken->actions[0].kind == "transfer_no_answer");
  BOOST_TEST(taken->actions[0].arguments.find("Ravi") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
