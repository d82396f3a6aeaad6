#include "tests/contract/stores_fixture.hpp"

#include <atomic>
#include <thread>

namespace caly::test {

namespace {

/// A running campaign of three people, one of whom is being called.
struct fixture : stores_fixture {
  campaign_id id = add_campaign(import_people(3));
  call_id call = call_id::make();

  fixture() {
    run("campaigns.start", {id.str(), "usr_x", now_text()});
    const auto owner = own_shard();
    BOOST_REQUIRE(
        ask<reservation>(stores.dial, reserve_calls{tenant, id, owner, {call}}));
    BOOST_REQUIRE(ask<sendable_calls>(stores.dial, mark_sending{tenant, owner, {call}}));
  }

  /// By hand, as no program of ours does.
  void change(const std::string& statement) {
    pqxx::work txn{admin};
    txn.exec(statement);
    txn.commit();
  }

  std::string later(int seconds) {
    return to_rfc3339(wall_time{std::chrono::milliseconds{now_ms.load()}} +
                      std::chrono::seconds{seconds});
  }

  /// What is stuck so long from now: `call unknown, …`.
  std::string stuck(int seconds) {
    std::string out;
    const auto found = run("work.stuck", {"300", later(seconds)}, 100);
    for (const auto& row : found.items())
      out += (out.empty() ? "" : ", ") + std::string{row["what"].text_or("")} + " " +
             std::string{row["state"].text_or("")};
    return out;
  }

  json facts(int seconds) { return run_as({}, "alarms.facts", {"300", later(seconds)}); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(work_records, fixture)

BOOST_AUTO_TEST_CASE(a_call_without_an_answer_is_stuck_after_the_patience) {
  BOOST_CHECK_EQUAL(stuck(10), "");
  BOOST_CHECK_EQUAL(stuck(310), "call sending");
  BOOST_CHECK_EQUAL(facts(310)["stuck"].int_or(0), 1);
  BOOST_CHECK_EQUAL(facts(310)["doubtful"].int_or(9), 0);
  change("update calls set state = 'unknown', misses = 1");
  BOOST_CHECK_EQUAL(facts(310)["doubtful"].int_or(0), 1);
  BOOST_CHECK(!facts(310)["doubtful_since"].is_null());
}

BOOST_AUTO_TEST_CASE(a_talk_is_stuck_only_beyond_its_longest_time) {
  change("update calls set state = 'placed', placed_at = sending_at, answered_at = "
         "sending_at, max_call_s = 600");
  BOOST_CHECK_EQUAL(stuck(890), "");
  BOOST_CHECK_EQUAL(stuck(910), "call placed");
  change("update calls set answered_at = null");
  BOOST_CHECK_EQUAL(stuck(310), "call placed");
}

BOOST_AUTO_TEST_CASE(
    a_campaign_with_due_rows_that_nobody_dials_is_stuck_with_its_reason) {
  change("update calls set state = 'ended', ended_at = sending_at");
  change("update call_queue set next_at = '2020-01-01' where state = 'pending'");
  BOOST_CHECK_EQUAL(stuck(310), "campaign running");
  change("update credit_balances set balance_micros = 0");
  const auto rows = run("work.stuck", {"300", later(310)}, 100);
  BOOST_CHECK_EQUAL(rows.items().at(0)["why"].text_or(""),
                    "The balance does not cover another call.");
  BOOST_CHECK_EQUAL(facts(0)["no_credit"].int_or(0), 1);
}

BOOST_AUTO_TEST_CASE(an_import_and_an_analysis_that_nobody_goes_on_with_are_stuck) {
  change("update calls set state = 'ended', ended_at = sending_at, analysis = 'pending'");
  change("update imports set status = 'processing', created_at = '2020-01-01'");
  change("update call_campaigns set status = 'paused'");
  BOOST_CHECK_EQUAL(stuck(310), "import processing, analysis pending");
}

BOOST_AUTO_TEST_CASE(what_is_held_for_no_live_call_is_an_orphan) {
  BOOST_CHECK(run("work.orphaned").items().empty());
  change("update calls set state = 'ended', ended_at = sending_at");
  std::string found;
  const auto rows = run("work.orphaned");
  for (const auto& row : rows.items())
    found += std::string{row["what"].text_or("")} + " ";
  BOOST_CHECK_EQUAL(found, "permit hold row ");
  BOOST_CHECK_EQUAL(facts(0)["permits_off"].int_or(0), 2); // the system's, too
}

BOOST_AUTO_TEST_CASE(calls_that_begin_and_end_meanwhile_are_no_leaked_permits) {
  std::atomic<bool> over = false;
  // One transaction each, as all that takes or gives a line: `admin` is this thread's
  // now.
  std::thread busy{[&] {
    while (!over) {
      change("with k as (update calls set state = 'ended', ended_at = sending_at) "
             "update pools set used = 0");
      change("with k as (update calls set state = 'sending', ended_at = null) "
             "update pools set used = 1");
    }
  }};
  std::int64_t off = 0, violations = 0;
  for (int i = 0; i < 300; ++i) {
    off += facts(0)["permits_off"].int_or(1);
    const auto found = run_as({}, "invariants.system", {}, 100);
    for (const auto& row : found.items())
      if (row["id"].text_or("").starts_with("I3"))
        violations += row["violations"].int_or(1);
  }
  over = true;
  busy.join();
  BOOST_CHECK_EQUAL(off, 0);
  BOOST_CHECK_EQUAL(violations, 0);
}

BOOST_AUTO_TEST_CASE(what_was_given_up_is_listed_and_failed_analyses_are_pending_again) {
  const auto since = later(-3600);
  BOOST_CHECK(run("work.given_up", {since}).items().empty());
  change("update calls set state = 'lost', ended_at = sending_at, analysis = 'failed'");
  const auto rows = run("work.given_up", {since});
  BOOST_REQUIRE_EQUAL(rows.items().size(), 2u);
  BOOST_CHECK_EQUAL(facts(0)["lost"].int_or(0), 1);
  BOOST_CHECK_EQUAL(facts(0)["not_analysed"].int_or(0), 1);
  BOOST_CHECK_EQUAL(run("work.replay", {std::nullopt, since, "x"})["calls"].int_or(0), 1);
  BOOST_CHECK_EQUAL(run("work.given_up", {since}).items().size(), 1u);
  BOOST_CHECK_EQUAL(run("work.replay", {std::nullopt, since, "x"})["calls"].int_or(9), 0);
  const auto again = try_run(tenant, "work.replay", {call.str(), since, "x"});
  BOOST_REQUIRE(!again);
  BOOST_CHECK(again.error() == errc::conflict);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
