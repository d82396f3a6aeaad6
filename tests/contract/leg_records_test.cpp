#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

/// A call in which somebody talks; a second costs 1, a first stretch 120.
struct fixture : stores_fixture {
  call_id call;

  fixture() {
    const auto campaign = add_campaign(import_people(1));
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto owner = own_shard();
    const auto made = ask<reservation>(
        stores.dial, reserve_calls{tenant, campaign, owner, {call_id::make()}});
    BOOST_REQUIRE(made);
    call = made->calls.at(0).id;
    BOOST_REQUIRE(ask<sendable_calls>(stores.dial, mark_sending{tenant, owner, {call}}));
    BOOST_REQUIRE(ask<std::string>(
        stores.dial, record_answered{tenant, call, create_result::placed, "CA1", "", 0}));
    tell("in_progress");
  }

  void tell(const std::string& status,
            std::optional<std::int32_t> duration_s = std::nullopt) {
    BOOST_REQUIRE(ask<progress_answer>(
        stores.dial,
        record_progress{tenant, call, status, "", status, duration_s, "", now_ms}));
  }

  caf::expected<record_answer> try_begin(const std::string& mode) {
    return try_run(tenant,
                   "transfers.begin",
                   {call.str(), mode, "+919844000123", "Ravi", "an order", "agent"});
  }

  void begin(const std::string& mode = "warm") { BOOST_REQUIRE(try_begin(mode)); }

  void step(int number,
            const std::string& state,
            const record_argument& talked_s = std::nullopt) {
    run("transfers.step",
        {call.str(),
         std::to_string(number),
         state,
         std::nullopt,
         std::nullopt,
         talked_s});
  }

  std::int64_t value(const std::string& what) {
    return by_admin("select " + what).at(0)[0].as<std::int64_t>(0);
  }

  std::int64_t held() {
    const auto held = value("held_micros from credit_balances");
    BOOST_TEST(value("sum(hold_micros) from calls where ended_at is null") == held);
    return held;
  }

  std::int64_t charged() {
    BOOST_TEST(held() == 0);
    const auto charge = value("charged_micros from calls");
    BOOST_TEST(value("balance_micros from credit_balances") == 1'000'000 - charge);
    BOOST_TEST(value("sum(case kind when 'release' then amount_micros when 'hold' then "
                     "-amount_micros else 0 end) from ledger") == -charge);
    return charge;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leg_records, fixture)

BOOST_AUTO_TEST_CASE(a_leg_holds_a_stretch_and_is_charged_with_its_call) {
  BOOST_TEST(held() == 120);
  begin();
  BOOST_TEST(held() == 240);
  step(1, "accepted");
  step(1, "connected");
  step(1, "ended", "25");
  tell("completed", 40);
  BOOST_TEST(charged() == 40 + 25);
}

BOOST_AUTO_TEST_CASE(
    without_a_count_of_the_carriers_the_clock_counts_until_the_calls_end) {
  begin();
  step(1, "accepted");
  step(1, "connected");
  by_admin("update call_transfers set answered_at = to_timestamp(" +
           std::to_string(now_ms / 1000 - 30) + ')');
  tell("completed", 100);
  BOOST_TEST(charged() >= 100 + 30);
  BOOST_TEST(charged() <= 100 + 31);
}

BOOST_AUTO_TEST_CASE(
    who_was_not_reached_costs_nothing_and_leaves_the_stretch_to_the_next) {
  begin();
  step(1, "no_answer");
  begin("blind");
  step(2, "connected");
  step(2, "busy");
  begin();
  BOOST_TEST(held() == 240);
  step(3, "accepted");
  step(3, "connected");
  step(3, "ended", "10");
  begin(); // and somebody else
  BOOST_TEST(held() == 360);
  tell("completed", 50);
  BOOST_TEST(charged() == 50 + 10);
}

BOOST_AUTO_TEST_CASE(while_a_person_talks_each_further_hold_is_one_for_both) {
  by_admin("update credit_balances set balance_micros = 10000000");
  const auto extend = [&](std::int32_t number) {
    const auto before = held();
    BOOST_REQUIRE(*ask<bool>(stores.dial, extend_hold{tenant, call, number}));
    return held() - before;
  };
  begin();
  const auto alone = extend(2);
  step(1, "accepted");
  BOOST_TEST(extend(3) == 2 * alone);
  step(1, "connected");
  step(1, "ended", "5");
  BOOST_TEST(extend(4) == alone);
}

BOOST_AUTO_TEST_CASE(nobody_is_rung_without_credit_and_the_call_goes_on) {
  by_admin("update credit_balances set balance_micros = 119");
  const auto refused = try_begin("warm");
  BOOST_CHECK(refused.error() == errc::no_credit);
  BOOST_TEST(value("count(*) from call_transfers") == 0);
  BOOST_TEST(held() == 120);
  by_admin("update credit_balances set balance_micros = 120");
  begin();
  BOOST_TEST(value("balance_micros from credit_balances") == 0);
}

BOOST_AUTO_TEST_CASE(a_caller_who_is_referred_costs_no_leg) {
  begin("refer");
  step(1, "connected");
  BOOST_TEST(held() == 120);
  step(1, "ended");
  tell("completed", 30);
  BOOST_TEST(charged() == 30);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
