#include "net/media/call_tap.hpp"
#include "net/media/hold_tone.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace caly::test {

namespace {

struct fixture {
  std::vector<call_audio> pieces;
  call_tap tap{call_id::make(), [this](const call_audio& x) { pieces.push_back(x); }};

  void frames(int count, std::int64_t from_ms) {
    for (int i = 0; i < count; ++i)
      tap.caller(from_ms + 20 * i, std::string(160, 'c'));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(call_taps, fixture)

BOOST_AUTO_TEST_CASE(frames_become_pieces_of_a_tenth_of_a_second) {
  frames(12, 1'000);
  BOOST_REQUIRE(pieces.size() == 2u);
  BOOST_TEST(pieces[0].at_ms == 1'000);
  BOOST_TEST(pieces[1].at_ms == 1'100);
  BOOST_TEST(pieces[1].audio.size() == 800u);
  BOOST_TEST(pieces[1].caller);
}

BOOST_AUTO_TEST_CASE(both_sides_are_kept_apart) {
  frames(3, 0);
  tap.agent(0, std::string(800, 'a'));
  BOOST_REQUIRE(pieces.size() == 1u);
  BOOST_TEST(!pieces[0].caller);
  BOOST_TEST(pieces[0].audio == std::string(800, 'a'));
}

BOOST_AUTO_TEST_CASE(a_long_stretch_comes_in_pieces_too) {
  tap.agent(500, std::string(2'000, 'a'));
  BOOST_REQUIRE(pieces.size() == 2u);
  BOOST_TEST(pieces[1].audio.size() == 800u);
  BOOST_TEST(pieces[1].at_ms == 600);
}

BOOST_AUTO_TEST_CASE(a_pause_ends_a_piece) {
  frames(2, 0);
  frames(5, 5'000);
  BOOST_REQUIRE(pieces.size() == 2u);
  BOOST_TEST(pieces[0].audio.size() == 320u);
  BOOST_TEST(pieces[1].at_ms == 5'000);
}

BOOST_AUTO_TEST_CASE(the_hold_tone_is_four_seconds_and_mostly_quiet) {
  const auto& tone = hold_tone();
  BOOST_TEST(tone.size() == 32'000u);
  const auto quiet = std::count(tone.begin(), tone.end(), '\xff');
  BOOST_TEST(quiet > 27'000);
  BOOST_TEST(quiet < 31'000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
