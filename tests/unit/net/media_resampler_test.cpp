#include "net/media/resampler.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caly::test {

namespace {

pcm_samples tone(double hz, unsigned rate, std::size_t count) {
  pcm_samples out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = static_cast<std::int16_t>(std::lround(
        10'000 * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate)));
  return out;
}

pcm_samples resampled(const pcm_samples& in, unsigned from_hz, unsigned to_hz) {
  resampler change{from_hz, to_hz};
  pcm_samples out;
  change.run(in, out);
  return out;
}

/// How much stronger a tone of `hz` is than everything else, in dB, edges left out.
double purity_db(const pcm_samples& heard, double hz, unsigned rate) {
  const std::size_t edge = rate / 20;
  const auto count = (heard.size() - 2 * edge) / rate * rate; // whole periods
  double sine = 0;
  double cosine = 0;
  double all = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double x = heard[edge + i];
    const auto angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    sine += x * std::sin(angle);
    cosine += x * std::cos(angle);
    all += x * x;
  }
  const auto n = static_cast<double>(count);
  const auto signal = 2 * (sine * sine + cosine * cosine) / n;
  return 10 * std::log10(signal / (all - signal));
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_resampler)

BOOST_AUTO_TEST_CASE(a_tone_survives_each_change_of_rate) {
  for (const auto& [from, to] : {std::pair{8'000U, 16'000U},
                                 {16'000U, 8'000U},
                                 {8'000U, 24'000U},
                                 {24'000U, 8'000U}})
    BOOST_TEST(purity_db(resampled(tone(1'000, from, 3 * from), from, to), 1'000, to) >
                   30,
               from << " to " << to);
}

BOOST_AUTO_TEST_CASE(what_a_lower_rate_cannot_hold_is_filtered_out) {
  // Without a filter 6 kHz would come back as 2 kHz, as loud as before.
  const auto heard = resampled(tone(6'000, 16'000, 32'000), 16'000, 8'000);
  const auto loudest = std::max_element(heard.begin() + 400, heard.end() - 400);
  BOOST_TEST(std::abs(*loudest) < 100);
}

BOOST_AUTO_TEST_CASE(pieces_sound_like_the_whole) {
  const auto whole = tone(440, 24'000, 24'000);
  resampler change{24'000, 8'000};
  pcm_samples pieces;
  for (std::size_t at = 0, size = 1; at < whole.size();
       at += size, size = size * 7 % 997) {
    const auto end = std::min(whole.size(), at + size);
    change.run(std::span{whole}.subspan(at, end - at), pieces);
  }
  BOOST_TEST(pieces == resampled(whole, 24'000, 8'000), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(after_a_reset_nothing_is_heard_of_what_came_before) {
  resampler change{8'000, 16'000};
  pcm_samples heard;
  change.run(tone(440, 8'000, 800), heard);
  change.reset();
  heard.clear();
  change.run(pcm_samples(800, 0), heard);
  BOOST_TEST((heard == pcm_samples(heard.size(), 0)));
  BOOST_TEST(heard.size() > 1'500u);
}

BOOST_AUTO_TEST_CASE(equal_rates_change_nothing) {
  const auto whole = tone(440, 8'000, 160);
  BOOST_TEST((resampled(whole, 8'000, 8'000) == whole));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
