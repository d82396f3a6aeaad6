#include "actors/campaign/pacing.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

pacing with_lines(std::uint32_t concurrency) {
  return pacing{campaign_plan{concurrency, 4, 0.5}};
}

BOOST_AUTO_TEST_SUITE(campaign_pacing_suite)

BOOST_AUTO_TEST_CASE(wants_no_more_dials_than_its_concurrency) {
  auto pace = with_lines(3);
  BOOST_TEST(pace.wants() == 3u);
  pace.asked(3);
  BOOST_TEST(pace.wants() == 0u);
  pace.answered(2, 1, reserve_stop::tenant_at_capacity, 0, 1000);
  BOOST_TEST(pace.live() == 2u);
  BOOST_TEST(pace.wants() == 1u);
}

BOOST_AUTO_TEST_CASE(waits_a_little_when_lines_are_full_and_at_once_when_one_frees) {
  auto pace = with_lines(2);
  pace.asked(2);
  pace.answered(1, 1, reserve_stop::system_at_capacity, 0, 1000);
  BOOST_CHECK(pace.next(1000) == campaign_step::wait);
  BOOST_CHECK(pace.next(2000) == campaign_step::dial);
  pace.finished("completed");
  BOOST_CHECK(pace.next(1000) == campaign_step::dial);
}

BOOST_AUTO_TEST_CASE(waits_for_the_row_that_is_due_next) {
  auto pace = with_lines(1);
  pace.asked(1);
  pace.answered(0, 1, reserve_stop::nothing_due, 60'000, 1000);
  BOOST_CHECK(pace.next(59'999) == campaign_step::wait);
  BOOST_CHECK(pace.next(60'000) == campaign_step::dial);
}

BOOST_AUTO_TEST_CASE(finishes_only_when_no_row_waits_and_no_call_is_live) {
  auto pace = with_lines(2);
  pace.asked(2);
  pace.answered(1, 1, reserve_stop::nothing_due, 0, 1000);
  BOOST_CHECK(pace.next(1001) == campaign_step::wait);
  pace.finished("busy");
  BOOST_CHECK(pace.next(1002) == campaign_step::dial); // the call may have left a retry
  pace.asked(2);
  pace.answered(0, 2, reserve_stop::nothing_due, 0, 1003);
  BOOST_CHECK(pace.next(1004) == campaign_step::finish);
}

BOOST_AUTO_TEST_CASE(pauses_itself_when_too_many_calls_fail) {
  auto pace = with_lines(10);
  for (int i = 0; i < 4; ++i) {
    pace.asked(1);
    pace.answered(1, 0, reserve_stop::none, 0, 1000);
  }
  pace.finished("failed");
  pace.finished("completed");
  pace.finished("completed");
  BOOST_CHECK(pace.next(1000) != campaign_step::pause);
  pace.finished("lost");
  BOOST_CHECK(pace.next(1000) == campaign_step::pause);
  BOOST_TEST(pace.pause_reason().find("2 of the last 4") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(dials_that_were_never_sent_are_no_failures) {
  auto pace = with_lines(10);
  for (int i = 0; i < 8; ++i)
    pace.finished("never_sent");
  BOOST_CHECK(pace.next(1000) == campaign_step::dial);
}

BOOST_AUTO_TEST_CASE(pauses_for_lack_of_credit_once_its_calls_are_over) {
  auto pace = with_lines(2);
  pace.asked(2);
  pace.answered(1, 1, reserve_stop::no_credit, 0, 1000);
  BOOST_CHECK(pace.next(1100) == campaign_step::wait);
  // The hold of a call that ended may cover another one.
  pace.finished("completed");
  BOOST_CHECK(pace.next(1100) == campaign_step::dial);
  pace.asked(2);
  pace.answered(0, 2, reserve_stop::no_credit, 0, 1200);
  BOOST_CHECK(pace.next(1200) == campaign_step::pause);
  BOOST_TEST(pace.pause_reason().starts_with("no credit"));
}

// It knows of its own calls only, and not of those from before it was started again.
BOOST_AUTO_TEST_CASE(does_not_pause_while_a_hold_may_still_come_back) {
  auto pace = with_lines(2);
  pace.asked(2);
  pace.answered(0, 2, reserve_stop::no_credit, 1250, 1000);
  BOOST_CHECK(pace.next(1000) == campaign_step::wait);
  BOOST_CHECK(pace.next(1250) == campaign_step::dial);
  pace.asked(2);
  pace.answered(0, 2, reserve_stop::no_credit, 0, 2000);
  BOOST_CHECK(pace.next(2000) == campaign_step::pause);
}

BOOST_AUTO_TEST_CASE(new_credit_before_it_paused_is_tried) {
  auto pace = with_lines(2);
  pace.asked(2);
  pace.answered(0, 2, reserve_stop::no_credit, 0, 1000);
  pace.woken();
  BOOST_CHECK(pace.next(1000) == campaign_step::dial);
}

BOOST_AUTO_TEST_CASE(stands_down_when_paused_or_owned_elsewhere) {
  for (const auto stop : {reserve_stop::fenced, reserve_stop::not_running}) {
    auto pace = with_lines(2);
    pace.asked(2);
    pace.answered(0, 2, stop, 0, 1000);
    BOOST_CHECK(pace.next(1000) == campaign_step::stand_down);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
