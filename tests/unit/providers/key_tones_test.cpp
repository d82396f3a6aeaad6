#include "net/media/key_tones.hpp"
#include "tests/simulators/speech/key_ear.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>

namespace caly::test {

BOOST_AUTO_TEST_SUITE(key_tones_suite)

BOOST_AUTO_TEST_CASE(an_exchange_hears_each_key_once) {
  const std::string keys = "0123456789*#ABCD1123";
  std::string line(800, sim::mulaw_silence);
  for (const auto key : keys)
    line += key_tone(key);
  BOOST_TEST(sim::key_ear{}.hear(line) == keys);
}

BOOST_AUTO_TEST_CASE(a_pause_is_half_a_second_of_silence_and_others_are_no_keys) {
  BOOST_TEST(key_tone('w') == std::string(4000, sim::mulaw_silence));
  BOOST_TEST(key_tone('x').empty());
  BOOST_TEST(sim::key_ear{}.hear(key_tone('w')).empty());
}

BOOST_AUTO_TEST_CASE(a_tone_lasts_as_long_and_is_as_loud_as_it_says) {
  const auto pcm = sim::decode_mulaw(key_tone('5'));
  BOOST_REQUIRE(pcm.size() == 1600u);
  double power = 0;
  for (std::size_t i = 80; i < 720; ++i)
    power += static_cast<double>(pcm[i]) * pcm[i] / 640;
  // A sine of the loudest code is 3.17 dBm0; -9 and -7 dBm0 together are -4.9.
  const auto dbm0 = 10 * std::log10(power / (32'124.0 * 32'124.0 / 2)) + 3.17;
  BOOST_TEST(std::abs(dbm0 + 4.88) < 0.3, dbm0);
  for (std::size_t i = 800; i < pcm.size(); ++i)
    BOOST_REQUIRE(pcm[i] == 0);
}

BOOST_AUTO_TEST_CASE(a_tone_begins_and_ends_without_a_click) {
  const auto pcm = sim::decode_mulaw(key_tone('9'));
  for (const std::size_t at : {0u, 1u, 2u, 797u, 798u, 799u})
    BOOST_TEST(std::abs(pcm[at]) < 300);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
