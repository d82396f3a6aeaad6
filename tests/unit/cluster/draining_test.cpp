#include "cluster/node/draining.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(draining_suite)

BOOST_AUTO_TEST_CASE(a_node_that_drains_has_until_its_deadline) {
  const boot_clock::time_point start{100s};
  draining plan{60s};
  BOOST_TEST(!plan.time_is_up(start + 1h));
  BOOST_TEST(plan.begin(start));
  BOOST_TEST(!plan.begin(start + 30s)); // nothing is added
  BOOST_TEST(plan.on());
  BOOST_TEST(!plan.time_is_up(start + 59s));
  BOOST_TEST(plan.time_is_up(start + 60s));
}

BOOST_AUTO_TEST_CASE(a_second_wish_leaves_ten_seconds_and_never_adds_any) {
  const boot_clock::time_point start{100s};
  draining plan{60s};
  plan.hurry(start);
  BOOST_TEST(!plan.on());
  plan.begin(start);
  plan.hurry(start + 5s);
  BOOST_TEST(!plan.time_is_up(start + 14s));
  BOOST_TEST(plan.time_is_up(start + 15s));
  plan.hurry(start + 14s);
  BOOST_TEST(plan.time_is_up(start + 15s));
}

BOOST_AUTO_TEST_CASE(a_drain_that_was_called_off_ends_nothing) {
  const boot_clock::time_point start{100s};
  draining plan{60s};
  BOOST_TEST(!plan.call_off());
  plan.begin(start);
  BOOST_TEST(plan.call_off());
  BOOST_TEST(!plan.on());
  BOOST_TEST(!plan.time_is_up(start + 1h));
  BOOST_TEST(plan.begin(start + 1h));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
