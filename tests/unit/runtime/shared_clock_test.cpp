#include "runtime/base/shared_clock.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(shared_clock_tests)

bool about(wall_time one, wall_time other) {
  return std::chrono::abs(one - other) < 5s;
}

BOOST_AUTO_TEST_CASE(before_any_reading_it_shows_the_time_of_this_machine) {
  BOOST_TEST(about(shared_clock{}.now(), std::chrono::system_clock::now()));
}

BOOST_AUTO_TEST_CASE(it_shows_the_time_that_was_read_elsewhere) {
  shared_clock clock;
  const auto there = std::chrono::system_clock::now() + 24h;
  const auto at = boot_clock::now();
  clock.set(there, at, at);
  BOOST_TEST(about(clock.now(), there));
}

BOOST_AUTO_TEST_CASE(a_reading_counts_for_the_middle_of_question_and_answer) {
  shared_clock clock;
  const auto there = std::chrono::system_clock::now();
  const auto asked = boot_clock::now() - 100s;
  clock.set(there, asked, asked + 80s);
  BOOST_TEST(about(clock.now(), there + 60s));
}

BOOST_AUTO_TEST_CASE(a_slow_reading_counts_only_when_there_was_none) {
  shared_clock clock;
  const auto there = std::chrono::system_clock::now() + 24h;
  const auto at = boot_clock::now();
  clock.set(there, at - 1s, at);
  BOOST_TEST(about(clock.now(), there));
  clock.set(there + 24h, at - 1s, at);
  BOOST_TEST(about(clock.now(), there));
  clock.set(there + 48h, at - 200ms, at);
  BOOST_TEST(about(clock.now(), there + 48h));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
