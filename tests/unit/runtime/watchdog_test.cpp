#include "runtime/supervision/watchdog.hpp"

#include <boost/test/unit_test.hpp>

#include <future>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

const boot_clock::time_point start{1h};
const watchdog_options options{3s, 250ms};

BOOST_AUTO_TEST_SUITE(watchdog_suite)

BOOST_AUTO_TEST_CASE(a_process_that_beats_and_signs_may_go_on) {
  BOOST_TEST(stall_of(options, start + 250ms, start, start).empty());
  BOOST_TEST(stall_of(options, start + 3s, start, start).empty());
}

BOOST_AUTO_TEST_CASE(a_process_that_stood_still_must_end) {
  BOOST_TEST(stall_of(options, start + 3001ms, start, start + 3s) ==
             "the process stood still for 3001 ms");
}

BOOST_AUTO_TEST_CASE(a_scheduler_without_a_sign_must_end) {
  BOOST_TEST(stall_of(options, start + 3001ms, start + 3s, start) ==
             "the scheduler gave no sign of life for 3001 ms");
}

BOOST_AUTO_TEST_CASE(before_the_first_sign_nobody_waits_for_one) {
  BOOST_TEST(stall_of(options, start + 1h, start + 1h, {}).empty());
}

BOOST_AUTO_TEST_CASE(it_barks_when_the_signs_stop) {
  std::promise<std::string> barked;
  std::atomic<bool> told{false};
  watchdog dog{{20ms, 1ms}, [&](const std::string& why) {
                 if (!told.exchange(true))
                   barked.set_value(why);
               }};
  dog.sign();
  auto why = barked.get_future();
  BOOST_REQUIRE(why.wait_for(10s) == std::future_status::ready);
  BOOST_TEST(why.get().find("no sign of life") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
