#include "net/media/carrier_line.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

using namespace std::chrono_literals;
using verdict = carrier_line::verdict;

struct phone {
  carrier_line line{carrier_line::time_point{}};
  carrier_line::time_point now{};

  /// A frame of 20 ms that arrives `after` the one before.
  bool
  take(std::int64_t chunk, std::int64_t told_ms, std::chrono::milliseconds after = 20ms) {
    now += after;
    return line.take(chunk, told_ms, 20, now) == verdict::good;
  }

  std::int64_t ms() const { return line.ms(now); }
};

BOOST_AUTO_TEST_SUITE(carrier_line_suite)

BOOST_AUTO_TEST_CASE(the_clock_is_that_of_the_frames_and_goes_on_between_them) {
  phone at;
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(at.take(i + 1, i * 20));
  BOOST_TEST(at.ms() == 980);
  BOOST_TEST(at.line.ms(at.now + 15ms) == 995);
  BOOST_TEST(at.line.ms(at.now + 1h) == 1'980); // a quiet line stands still
  BOOST_TEST(at.line.frames() == 50u);
  BOOST_TEST(at.line.lost_ms() == 0u);
}

BOOST_AUTO_TEST_CASE(a_line_may_begin_with_any_number_and_at_any_time) {
  for (const auto first : {0, 1, 7000}) {
    phone at;
    BOOST_TEST(at.take(first, 300));
    BOOST_TEST(at.take(first + 1, 320));
    BOOST_TEST(at.line.begin_ms() == 320);
    BOOST_TEST(at.line.late() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(times_that_count_from_1970_count_from_the_first_frame) {
  phone at;
  constexpr std::int64_t epoch = 1'790'000'000'000;
  BOOST_TEST(at.take(-1, epoch));
  BOOST_TEST(at.take(-1, epoch + 20));
  BOOST_TEST(at.line.begin_ms() == 20);
  BOOST_TEST(at.line.misdated() == 0u);
}

BOOST_AUTO_TEST_CASE(what_comes_twice_or_too_late_is_dropped) {
  for (const bool numbered : {true, false}) {
    phone at;
    const auto take = [&](int i) { return at.take(numbered ? i : -1, i * 20); };
    BOOST_TEST(take(1));
    BOOST_TEST(take(2));
    BOOST_TEST(!take(2));
    BOOST_TEST(!take(1));
    BOOST_TEST(take(3));
    BOOST_TEST(at.line.late() == 2u);
    BOOST_TEST(at.line.frames() == 3u);
  }
}

BOOST_AUTO_TEST_CASE(numbers_that_begin_anew_are_followed_after_a_second) {
  phone at;
  for (int i = 0; i < 100; ++i)
    at.take(500 + i, i * 20);
  int dropped = 0;
  for (int i = 0; i < 200; ++i)
    dropped += at.take(i, i * 20) ? 0 : 1;
  BOOST_TEST(dropped == carrier_line::late_max - 1);
  BOOST_TEST(at.line.begin_ms() > 100 * 20); // the clock goes on, it does not begin anew
  BOOST_TEST(at.line.misdated() == 0u);
}

BOOST_AUTO_TEST_CASE(frames_that_never_came_are_a_hole) {
  phone at;
  at.take(1, 0);
  at.take(2, 20);
  BOOST_TEST(at.take(5, 80, 60ms));
  BOOST_TEST(at.line.lost_ms() == 40u);
  BOOST_TEST(at.line.begin_ms() == 80);
}

BOOST_AUTO_TEST_CASE(a_frame_from_the_far_future_does_not_move_the_clock) {
  phone at;
  at.take(1, 0);
  for (const auto mad : {std::int64_t{9'000'000'000}, INT64_MAX, std::int64_t{-5}})
    at.take(-1, mad);
  BOOST_TEST(at.line.begin_ms() == 60);
  BOOST_TEST(at.line.misdated() == 1u); // the others are as good as not told
  BOOST_TEST(at.line.lost_ms() == 0u);
}

BOOST_AUTO_TEST_CASE(another_zero_is_followed_once_it_is_one) {
  phone at;
  at.take(1, 0);
  for (int i = 1; i < 200; ++i)
    at.take(1 + i, 5'000'000 + i * 20);
  BOOST_TEST(at.line.misdated() == static_cast<std::uint64_t>(carrier_line::late_max));
  BOOST_TEST(at.line.begin_ms() == 199 * 20);
}

BOOST_AUTO_TEST_CASE(without_times_frames_follow_each_other) {
  phone at;
  for (int i = 0; i < 10; ++i)
    BOOST_TEST(at.take(-1, -1));
  BOOST_TEST(at.line.begin_ms() == 180);
  BOOST_TEST(at.ms() == 180);
}

BOOST_AUTO_TEST_CASE(a_stall_of_the_network_does_not_throw_the_clock_back) {
  phone at;
  for (int i = 0; i < 50; ++i)
    at.take(i + 1, i * 20);
  const auto before = at.line.ms(at.now + 400ms);
  at.now += 400ms;
  auto last = before;
  for (int i = 50; i < 70; ++i) { // all at once
    at.take(i + 1, i * 20, 0ms);
    BOOST_TEST(at.ms() > last - 30);
    last = at.ms();
  }
  BOOST_TEST(at.ms() == 1'380);
}

BOOST_AUTO_TEST_CASE(a_carrier_that_is_slower_than_our_clock_is_followed) {
  phone at;
  for (int i = 0; i < 5'000; ++i)
    at.take(i + 1, i * 20, std::chrono::milliseconds{i % 10 == 0 ? 21 : 20});
  BOOST_TEST(at.ms() - at.line.begin_ms() <= 20);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
