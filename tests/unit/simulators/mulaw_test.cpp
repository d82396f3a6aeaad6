#include "tests/simulators/speech/mulaw.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numbers>

using namespace caly::sim;

BOOST_AUTO_TEST_SUITE(mulaw_suite)

BOOST_AUTO_TEST_CASE(matches_the_published_codes) {
  struct row {
    int linear, mulaw, mulaw_back, alaw, alaw_back;
  };

  for (const auto& row : {row{0, 0xFF, 0, 0xD5, 8},
                          row{8, 0xFE, 8, 0xD5, 8},
                          row{-8, 0x7E, -8, 0x55, -8},
                          row{100, 0xF2, 104, 0xD3, 104},
                          row{-100, 0x72, -104, 0x53, -104},
                          row{1000, 0xCE, 988, 0xFA, 1008},
                          row{-1000, 0x4E, -988, 0x7A, -1008},
                          row{8031, 0xA0, 7932, 0x8A, 8064},
                          row{32124, 0x80, 32124, 0xAA, 32256},
                          row{-32768, 0x00, -32124, 0x2A, -32256}}) {
    const auto sample = static_cast<std::int16_t>(row.linear);
    BOOST_TEST(int{to_mulaw(sample)} == row.mulaw);
    BOOST_TEST(int{from_mulaw(to_mulaw(sample))} == row.mulaw_back);
    BOOST_TEST(int{to_alaw(sample)} == row.alaw);
    BOOST_TEST(int{from_alaw(to_alaw(sample))} == row.alaw_back);
  }
}

BOOST_AUTO_TEST_CASE(resamples_a_tone_with_little_noise) {
  samples tone;
  for (int n = 0; n < 22050; ++n)
    tone.push_back(static_cast<std::int16_t>(
        10000 * std::sin(2 * std::numbers::pi * 1000 * n / 22050)));
  const auto down = resample(tone, 22050, 8000);
  BOOST_TEST(down.size() == 8000U);
  double noise = 0;
  double power = 0;
  for (std::size_t n = 100; n + 100 < down.size(); ++n) {
    const auto wanted =
        10000 * std::sin(2 * std::numbers::pi * 1000 * static_cast<double>(n) / 8000);
    noise += (down[n] - wanted) * (down[n] - wanted);
    power += wanted * wanted;
  }
  BOOST_TEST(10 * std::log10(power / noise) > 30);
}

BOOST_AUTO_TEST_CASE(tells_speech_from_silence) {
  BOOST_TEST(!is_voiced(std::string(frame_bytes, mulaw_silence)));
  BOOST_TEST(is_voiced(std::string(frame_bytes, '\x20')));
}

BOOST_AUTO_TEST_SUITE_END()
