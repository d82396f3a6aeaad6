#include "net/media/answer/tone_detector.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace caly {

namespace {

constexpr double rate_hz = 8'000;
constexpr double lowest_hz = 350;
constexpr double highest_hz = 2'200;
constexpr double drift_max_hz = 25;
constexpr int beep_ms = 180;
/// Mean square of the quietest beep that counts.
constexpr double power_min = 200.0 * 200.0;
/// What may remain unpredicted; µ-law itself leaves about a thousandth.
constexpr double residue_max = 0.03;
/// Two tones close together beat: their loudness changes within a frame.
constexpr std::size_t part_samples = 40;
constexpr double steadiness_min = 0.6;

bool is_steady(const pcm_samples& x) {
  double least = 0;
  double most = 0;
  for (std::size_t begin = 0; begin + part_samples <= x.size(); begin += part_samples) {
    double power = 0;
    for (std::size_t n = begin; n < begin + part_samples; ++n)
      power += static_cast<double>(x[n]) * x[n];
    least = begin == 0 ? power : std::min(least, power);
    most = std::max(most, power);
  }
  return least >= steadiness_min * most;
}

/// The pitch of a pure tone; 0 for anything else.
double pitch_of(const pcm_samples& x) {
  double products = 0;
  double squares = 0;
  double power = 0;
  for (std::size_t n = 2; n < x.size(); ++n) {
    const double sides = x[n] + x[n - 2];
    products += x[n - 1] * sides;
    squares += static_cast<double>(x[n - 1]) * x[n - 1];
    power += sides * sides;
  }
  if (squares < power_min * static_cast<double>(x.size()))
    return 0;
  const auto twice_cosine = products / squares;
  const auto residue = power - twice_cosine * products;
  if (residue > residue_max * squares || std::abs(twice_cosine) >= 2 || !is_steady(x))
    return 0;
  const auto hertz = std::acos(twice_cosine / 2) * rate_hz / (2 * std::numbers::pi);
  return hertz >= lowest_hz && hertz <= highest_hz ? hertz : 0;
}

} // namespace

bool tone_detector::frame(const pcm_samples& samples) {
  const auto before = std::exchange(hertz_, pitch_of(samples));
  if (hertz_ == 0) {
    lasts_ms_ = 0;
    return false;
  }
  if (before == 0 || std::abs(before - hertz_) > drift_max_hz)
    lasts_ms_ = 0;
  lasts_ms_ += frame_ms;
  return lasts_ms_ == beep_ms;
}

} // namespace caly
