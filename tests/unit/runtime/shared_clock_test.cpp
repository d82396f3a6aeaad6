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

BOOST_AUTO_TEST_CASE(a_reading_moves_it_by_as_little_as_it_must) {
  shared_clock clock;
  const auto before = clock.now();
  const auto at = boot_clock::now();
  clock.set(before + 100s, at - 60s, at + 60s);
  BOOST_TEST(about(clock.now(), before + 40s));
  clock.set(before - 100s, at - 60s, at + 60s);
  BOOST_TEST(about(clock.now(), before - 40s));
}

BOOST_AUTO_TEST_CASE(a_slow_reading_that_agrees_changes_nothing) {
  shared_clock clock;
  const auto there = clock.now() + 24h;
  const auto at = boot_clock::now();
  clock.set(there, at, at);
  clock.set(there + 50s, at - 60s, at + 60s);
  BOOST_TEST(about(clock.now(), there));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
