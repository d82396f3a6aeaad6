#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

/// A call whose carrier is to record it.
struct fixture : stores_fixture {
  call_id call = reserve();
  int passed_ms = 0;

  call_id reserve() {
    const auto campaign = add_campaign(import_people(1));
    run("campaigns.start", {campaign.str(), "usr_x", now_text()});
    const auto id = call_id::make();
    BOOST_REQUIRE(ask<reservation>(stores.dial,
                                   reserve_calls{tenant, campaign, own_shard(), {id}}));
    return id;
  }

  std::string now() const {
    return to_rfc3339(wall_time{std::chrono::milliseconds{now_ms.load() + passed_ms}});
  }

  json want(const std::string& node = "n1") {
    return run("recordings.carrier_want",
               {call.str(), "1", "twilio", "CA1", node, now()});
  }

  json steer(bool paused, bool missed = false) {
    return run("recordings.carrier_steer",
               {call.str(),
                paused ? "true" : "false",
                paused ? "true" : "false",
                missed ? "true" : "false",
                "n1",
                now()});
  }

  std::string told(const std::string& recording, const std::string& status) {
    return std::string{run("recordings.carrier_told",
                           {call.str(), recording, status, "n1", now()})["state"]
                           .text_or("null")};
  }

  /// Null: nothing to do, or somebody else does it.
  json take(const std::string& node = "n1") {
    return run("recordings.carrier_take", {call.str(), node, "45000", now()});
  }

  std::int64_t note(record_argument state,
                    record_argument recording = {},
                    record_argument paused = {},
                    const std::string& node = "n1") {
    return run("recordings.carrier_note",
               {call.str(),
                node,
                state,
                recording,
                paused,
                "3000",
                "20000",
                now()})["due_ms"]
        .int_or(-1);
  }

  std::size_t due() {
    return run_as({}, "recordings.carrier_due", {now()}).items().size();
  }

  void begun() {
    want();
    take();
    note("running", "RE1");
  }

  std::string part_state() {
    return std::string{
        run("recordings.of_call", {call.str()}).items().at(0)["state"].text_or("")};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(carrier_recording_records, fixture)

BOOST_AUTO_TEST_CASE(a_recording_is_wanted_once_and_seen_at_once) {
  BOOST_TEST(due() == 0u);
  BOOST_TEST(!want()["paused"].bool_or(true));
  want("n2");
  BOOST_TEST(part_state() == "recording");
  BOOST_TEST(run("recordings.of_call", {call.str()}).items().size() == 1u);
  BOOST_TEST(due() == 1u);
  const auto row = take();
  BOOST_TEST(row["state"].text_or("") == "wanted");
  BOOST_TEST(row["provider_call_id"].text_or("") == "CA1");
  BOOST_TEST(row["tries"].int_or(0) == 1);
  BOOST_TEST(row["part_state"].text_or("") == "recording");
  BOOST_TEST(row["max_call_s"].int_or(0) > 0);
  BOOST_TEST(row["ended_at"].is_null());
}

BOOST_AUTO_TEST_CASE(one_node_works_on_it_until_its_claim_is_over) {
  want();
  BOOST_TEST(take().is_object());
  BOOST_TEST(take("n2").is_null());
  BOOST_TEST(due() == 0u);
  passed_ms = 40'000;
  BOOST_TEST(
      run("recordings.carrier_hold", {call.str(), "n1", "45000", now()})["held"].bool_or(
          false));
  passed_ms = 80'000;
  BOOST_TEST(take("n2").is_null());
  passed_ms = 86'000;
  BOOST_TEST(due() == 1u);
  BOOST_TEST(take("n2")["tries"].int_or(0) == 2);
  // What the first one found comes too late.
  note("running", "RE1");
  BOOST_TEST(take("n2").is_null());
  passed_ms = 140'000;
  BOOST_TEST(take("n2")["state"].text_or("") == "wanted");
}

BOOST_AUTO_TEST_CASE(states_only_go_forward_whatever_comes_twice_and_late) {
  want();
  BOOST_TEST(told("RE1", "running") == "running");
  BOOST_TEST(told("RE1", "running") == "running");
  BOOST_TEST(told("RE9", "completed") == "running");
  BOOST_TEST(told("RE1", "completed") == "over");
  BOOST_TEST(told("RE1", "completed") == "over");
  BOOST_TEST(told("RE1", "running") == "over");
  take();
  BOOST_TEST(note("running") > 0);
  passed_ms = 20'001;
  BOOST_TEST(take()["state"].text_or("") == "over");
  BOOST_TEST(note("done") == -1);
  BOOST_TEST(take().is_null());
  BOOST_TEST(told("RE1", "completed") == "done");
  passed_ms = 1'000'000;
  BOOST_TEST(due() == 0u);
}

BOOST_AUTO_TEST_CASE(a_callback_about_a_call_without_one_changes_nothing) {
  BOOST_TEST(told("RE1", "completed") == "null");
  BOOST_TEST(due() == 0u);
}

BOOST_AUTO_TEST_CASE(a_pause_in_time_leaves_nothing_behind) {
  begun();
  steer(true);
  BOOST_TEST(want("n2")["paused_by_hand"].bool_or(false));
  BOOST_TEST(take()["paused"].bool_or(false));
  passed_ms = 1'000;
  note({}, {}, "true");
  steer(false);
  BOOST_TEST(!take()["leaked"].bool_or(true));
  note({}, {}, "false");
  told("RE1", "completed");
  BOOST_TEST(!take()["leaked"].bool_or(true));
}

BOOST_AUTO_TEST_CASE(a_pause_that_came_too_late_or_never_is_told) {
  begun();
  steer(true);
  take();
  passed_ms = 4'000;
  note({}, {}, "true");
  passed_ms = 25'000;
  BOOST_TEST(take()["leaked"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(whoever_goes_on_before_the_carrier_paused_has_recorded_it) {
  begun();
  steer(true);
  steer(false);
  BOOST_TEST(take()["leaked"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(a_pause_that_was_never_confirmed_counts_at_the_end) {
  begun();
  steer(true);
  told("RE1", "completed");
  BOOST_TEST(take()["leaked"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(a_pause_that_could_not_be_told_counts) {
  begun();
  steer(false, true);
  BOOST_TEST(take()["leaked"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(what_was_wanted_meanwhile_is_looked_at_at_once) {
  begun();
  passed_ms = 21'000;
  BOOST_TEST(take().is_object());
  passed_ms = 21'500;
  steer(true);
  BOOST_TEST(note("running") == 0);
  BOOST_TEST(take()["paused"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(only_the_calls_own_tenant_has_it) {
  want();
  const auto other = tenant_id::make();
  BOOST_TEST(run_as(other, "recordings.carrier_take", {call.str(), "n1", "45000", now()})
                 .is_null());
}

BOOST_AUTO_TEST_CASE(the_part_is_erased_and_failed_as_any_other) {
  begun();
  BOOST_TEST(run("recordings.erase", {call.str(), std::nullopt, "usr_x"})["parts"].int_or(
                 0) == 1);
  passed_ms = 21'000;
  BOOST_TEST(take()["part_state"].text_or("") == "erasing");
  // No node has its audio.
  BOOST_TEST(run_as({}, "recordings.due", {"n1", "90", now()}).items().empty());
  BOOST_TEST(run("recordings.erased", {call.str(), "1"})["state"].text_or("") ==
             "erased");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
