#include "net/media/answer/tone_detector.hpp"
#include "tests/unit/net/answer/line_audio.hpp"
#include "tests/unit/net/vowel.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

struct line {
  tone_detector detector;

  int beeps(const std::string& codes) {
    int found = 0;
    pcm_samples samples;
    for (std::size_t at = 0; at + 160 <= codes.size(); at += 160) {
      decode_mulaw(std::string_view{codes}.substr(at, 160), samples);
      found += detector.frame(samples) ? 1 : 0;
    }
    return found;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(tone_detector_suite)

BOOST_AUTO_TEST_CASE(a_beep_of_any_pitch_is_found_once) {
  for (const auto hertz : {400.0, 850.0, 1000.0, 1400.0, 2000.0}) {
    line at;
    BOOST_TEST(at.beeps(tones(1000, {hertz})) == 1, hertz);
    BOOST_TEST(std::abs(at.detector.hertz() - hertz) < 5);
    BOOST_TEST(at.beeps(quiet_line(200) + tones(300, {hertz}, 600)) == 1);
  }
}

BOOST_AUTO_TEST_CASE(speech_keys_ringing_and_blips_are_no_beeps) {
  BOOST_TEST(line{}.beeps(vowel(2000, 4000)) == 0);
  BOOST_TEST(line{}.beeps(tones(1000, {770, 1336})) == 0);
  BOOST_TEST(line{}.beeps(tones(1000, {400, 450})) == 0);
  BOOST_TEST(line{}.beeps(tones(160, {1000})) == 0);
  BOOST_TEST(line{}.beeps(tones(1000, {200})) == 0);
  BOOST_TEST(line{}.beeps(quiet_line(1000)) == 0);
}

BOOST_AUTO_TEST_CASE(a_falling_whistle_is_no_beep) {
  std::string codes;
  double phase = 0;
  for (int i = 0; i < 8000; ++i) {
    phase += 2 * std::numbers::pi * (2000 - 0.19 * i) / 8000;
    codes +=
        static_cast<char>(to_mulaw(static_cast<std::int16_t>(4000 * std::sin(phase))));
  }
  BOOST_TEST(line{}.beeps(codes) == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
