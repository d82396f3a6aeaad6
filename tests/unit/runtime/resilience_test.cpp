#include "runtime/resilience/circuit_breaker.hpp"
#include "runtime/resilience/deadline.hpp"
#include "runtime/resilience/rate_limiter.hpp"
#include "runtime/resilience/retry.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace caly::test {
namespace {

using namespace std::chrono_literals;
using time_point = std::chrono::steady_clock::time_point;

const time_point start{1h};

BOOST_AUTO_TEST_SUITE(circuit_breaker_suite)

void call(circuit_breaker& breaker, bool ok, time_point now) {
  const auto permit = breaker.begin(now);
  BOOST_REQUIRE(permit.has_value());
  breaker.end(*permit, ok, now);
}

circuit_breaker opened_at(time_point now) {
  circuit_breaker breaker;
  for (int i = 0; i < 20; ++i)
    call(breaker, false, now);
  BOOST_REQUIRE(breaker.current() == circuit_breaker::state::open);
  return breaker;
}

BOOST_AUTO_TEST_CASE(stays_closed_below_twenty_calls) {
  circuit_breaker breaker;
  for (int i = 0; i < 19; ++i)
    call(breaker, false, start);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::closed);
}

BOOST_AUTO_TEST_CASE(opens_when_half_of_the_calls_failed) {
  circuit_breaker breaker;
  for (int i = 0; i < 11; ++i)
    call(breaker, true, start);
  for (int i = 0; i < 10; ++i)
    call(breaker, false, start + 1s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::closed); // 10 of 21
  call(breaker, false, start + 1s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::open);
  BOOST_TEST(!breaker.begin(start + 2s).has_value());
  BOOST_CHECK(breaker.wait(start + 2s) == 4s);
}

BOOST_AUTO_TEST_CASE(forgets_failures_older_than_its_window) {
  circuit_breaker breaker;
  for (int i = 0; i < 19; ++i)
    call(breaker, false, start);
  call(breaker, false, start + 11s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::closed);
}

BOOST_AUTO_TEST_CASE(lets_one_probe_through_every_five_seconds) {
  auto breaker = opened_at(start);
  BOOST_TEST(!breaker.begin(start + 4999ms).has_value());
  BOOST_TEST(breaker.begin(start + 5s).has_value());
  BOOST_CHECK(breaker.current() == circuit_breaker::state::half_open);
  BOOST_TEST(!breaker.begin(start + 5s).has_value());
  BOOST_TEST(breaker.begin(start + 10s).has_value()); // the first probe never came back
}

BOOST_AUTO_TEST_CASE(a_good_probe_closes_it_and_a_bad_one_opens_it_again) {
  auto breaker = opened_at(start);
  auto probe = breaker.begin(start + 5s);
  breaker.end(*probe, false, start + 6s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::open);
  BOOST_TEST(!breaker.begin(start + 10s).has_value());
  probe = breaker.begin(start + 11s);
  breaker.end(*probe, true, start + 11s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::closed);
  call(breaker, false, start + 11s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::closed);
}

BOOST_AUTO_TEST_CASE(a_probe_that_was_not_made_lets_the_next_one_through) {
  auto breaker = opened_at(start);
  const auto probe = breaker.begin(start + 5s);
  BOOST_REQUIRE(probe.has_value());
  BOOST_TEST(!breaker.begin(start + 6s).has_value());
  breaker.withdraw(*probe, start + 6s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::half_open);
  BOOST_TEST(breaker.begin(start + 6s).has_value());
}

BOOST_AUTO_TEST_CASE(calls_that_were_not_made_do_not_open_it) {
  circuit_breaker breaker;
  for (int i = 0; i < 100; ++i)
    breaker.withdraw(*breaker.begin(start), start);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::closed);
}

BOOST_AUTO_TEST_CASE(late_ends_of_old_calls_decide_nothing) {
  circuit_breaker breaker;
  const auto old = breaker.begin(start);
  for (int i = 0; i < 20; ++i)
    call(breaker, false, start);
  BOOST_REQUIRE(breaker.begin(start + 5s).has_value());
  breaker.end(*old, true, start + 5s);
  BOOST_CHECK(breaker.current() == circuit_breaker::state::half_open);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rate_limiter_suite)

BOOST_AUTO_TEST_CASE(spaces_events_evenly_without_a_burst) {
  rate_limiter limiter{{10, 1s, 1}};
  BOOST_CHECK(limiter.take(start) == 0s);
  BOOST_CHECK(limiter.take(start) == 100ms);
  BOOST_CHECK(limiter.take(start + 60ms) == 40ms);
  BOOST_CHECK(limiter.take(start + 100ms) == 0s);
}

BOOST_AUTO_TEST_CASE(allows_a_burst_after_a_pause_and_never_more_than_the_rate) {
  rate_limiter limiter{{10, 1s, 5}};
  int taken = 0;
  for (int i = 0; i < 100; ++i)
    taken += limiter.take(start).count() == 0 ? 1 : 0;
  BOOST_TEST(taken == 5);
  taken = 0;
  for (int ms = 1; ms <= 1000; ++ms)
    taken += limiter.take(start + std::chrono::milliseconds{ms}).count() == 0 ? 1 : 0;
  BOOST_TEST(taken == 10);
}

BOOST_AUTO_TEST_CASE(a_refused_event_costs_nothing) {
  rate_limiter limiter{{1, 1s, 1}};
  limiter.take(start);
  for (int i = 0; i < 50; ++i)
    limiter.take(start + 500ms);
  BOOST_CHECK(limiter.take(start + 1s) == 0s);
}

BOOST_AUTO_TEST_CASE(keys_do_not_share_and_their_number_is_bounded) {
  keyed_rate_limiter<std::string> limiter{{1, 1s, 1}, 2};
  BOOST_CHECK(limiter.take("a", start) == 0s);
  BOOST_CHECK(limiter.take("a", start) > 0s);
  BOOST_CHECK(limiter.take("b", start) == 0s);
  BOOST_CHECK(limiter.take("c", start) == 1s);
  BOOST_TEST(limiter.size() == 2u);
  BOOST_CHECK(limiter.take("c", start + 2s) == 0s);
  BOOST_TEST(limiter.size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(retry_suite)

BOOST_AUTO_TEST_CASE(waits_at_most_twice_as_long_each_time_up_to_the_cap) {
  const retry_policy policy{10, 100ms, 1s, 1h};
  BOOST_CHECK(policy.next(1, 0ms, 1.0) == 100ms);
  BOOST_CHECK(policy.next(2, 0ms, 1.0) == 200ms);
  BOOST_CHECK(policy.next(3, 0ms, 0.5) == 200ms);
  BOOST_CHECK(policy.next(9, 0ms, 1.0) == 1s);
  BOOST_CHECK(policy.next(1, 0ms, 0.0) == 0ms);
}

BOOST_AUTO_TEST_CASE(gives_up_after_the_last_attempt_or_when_the_work_is_too_old) {
  const retry_policy policy{3, 100ms, 1s, 10s};
  BOOST_TEST(policy.next(2, 0ms, 1.0).has_value());
  BOOST_TEST(!policy.next(3, 0ms, 1.0).has_value());
  BOOST_TEST(!policy.next(1, 10s, 1.0).has_value());
  BOOST_TEST(!policy.next(1, 9950ms, 1.0).has_value());
}

BOOST_AUTO_TEST_CASE(respects_what_the_other_side_asks_for) {
  const retry_policy policy{3, 100ms, 1s, 10s};
  BOOST_CHECK(policy.next(1, 0ms, 0.5, 3s) == 3s);
}

BOOST_AUTO_TEST_CASE(retries_are_a_tenth_of_the_traffic) {
  retry_budget budget{10, 2};
  BOOST_TEST(budget.take());
  BOOST_TEST(budget.take());
  BOOST_TEST(!budget.take());
  int taken = 0;
  for (int i = 0; i < 100; ++i) {
    budget.note_request();
    taken += budget.take() ? 1 : 0;
  }
  BOOST_TEST(taken == 10);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(deadline_suite)

BOOST_AUTO_TEST_CASE(tells_the_time_that_is_left) {
  const auto limit = deadline::after(start, 2s);
  BOOST_CHECK(limit.remaining(start + 500ms) == 1500ms);
  BOOST_CHECK(limit.remaining(start + 3s) == 0ms);
  BOOST_TEST(limit.passed(start + 2s));
  BOOST_TEST(!limit.passed(start + 1999ms));
}

BOOST_AUTO_TEST_CASE(never_grows_on_its_way) {
  const auto limit = deadline::after(start, 2s);
  BOOST_CHECK(limit.within(start, 10s).remaining(start) == 2s);
  BOOST_CHECK(limit.within(start, 1s).remaining(start) == 1s);
  BOOST_CHECK(deadline{}.within(start, 1s).remaining(start) == 1s);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
