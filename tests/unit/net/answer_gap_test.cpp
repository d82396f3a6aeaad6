#include "net/media/g711.hpp"
#include "net/media/turns/answer_gap.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace caly::test {

namespace {

/// µ-law of a tone with this peak.
std::string sound(int ms, int peak) {
  pcm_samples samples;
  for (int i = 0; i < ms * 8; ++i)
    samples.push_back(static_cast<std::int16_t>(peak * std::sin(i * 0.3)));
  return encode_mulaw(samples);
}

std::string silence(int ms) {
  return std::string(static_cast<std::size_t>(ms) * 8, mulaw_silence);
}

struct fixture {
  answer_gap gap;
  std::int64_t now_ms = 0;

  void caller(int ms, int peak) {
    for (int done = 0; done < ms; done += 20) {
      now_ms += 20;
      gap.caller(now_ms, to_base64(peak == 0 ? silence(20) : sound(20, peak)));
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(answer_gaps, fixture)

BOOST_AUTO_TEST_CASE(the_gap_is_from_the_callers_last_sound_to_the_agents_first) {
  caller(1'000, 6'000);
  caller(700, 0);
  gap.agent_begins();
  const auto heard = gap.agent(1'750, to_base64(silence(100) + sound(100, 6'000)));
  BOOST_REQUIRE(heard);
  BOOST_TEST(std::abs(*heard - 850) <= 10);
}

BOOST_AUTO_TEST_CASE(silence_that_is_played_first_is_part_of_the_wait) {
  caller(1'000, 6'000);
  gap.agent_begins();
  BOOST_TEST(!gap.agent(1'000, to_base64(silence(400))));
  BOOST_TEST(gap.agent(1'400, to_base64(sound(20, 6'000))).value_or(-1) == 400);
}

BOOST_AUTO_TEST_CASE(a_line_that_hisses_is_not_speech) {
  caller(600, 150);
  caller(400, 6'000);
  caller(500, 150);
  gap.agent_begins();
  BOOST_TEST(gap.agent(1'600, to_base64(sound(20, 6'000))).value_or(-1) == 600);
}

BOOST_AUTO_TEST_CASE(a_turn_has_one_gap) {
  caller(400, 6'000);
  gap.agent_begins();
  BOOST_TEST(gap.agent(500, to_base64(sound(20, 6'000))).has_value());
  BOOST_TEST(!gap.agent(520, to_base64(sound(20, 6'000))));
  gap.agent_begins();
  BOOST_TEST(
      !gap.agent(5'000, to_base64(sound(20, 6'000)))); // the caller said nothing since
}

BOOST_AUTO_TEST_CASE(who_is_cut_short_waited_for_nothing) {
  caller(1'000, 6'000);
  gap.agent_begins();
  BOOST_TEST(!gap.agent(600, to_base64(sound(20, 6'000))));
}

BOOST_AUTO_TEST_CASE(without_a_caller_there_is_no_gap) {
  gap.agent_begins();
  BOOST_TEST(!gap.agent(100, to_base64(sound(20, 6'000))));
  caller(1'000, 0);
  gap.agent_begins();
  BOOST_TEST(!gap.agent(1'100, to_base64(sound(20, 6'000))));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
