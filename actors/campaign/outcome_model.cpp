#include "actors/campaign/outcome_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace caly {

namespace {

constexpr std::array<std::string_view, call_outcomes> names{"completed",
                                                            "voicemail",
                                                            "no_answer",
                                                            "busy",
                                                            "failed",
                                                            "canceled",
                                                            "refused",
                                                            "lost"};

void stretch(std::vector<double>& quantiles, double factor) {
  for (auto& each : quantiles)
    each *= factor;
}

/// Shares that the evidence of `weight` calls allows.
void draw_shares(outcome_model& of_model,
                 double outcome_model::entry::*share,
                 double weight,
                 dice& with) {
  auto drawn = of_model.of;
  double sum = 0;
  for (auto& each : drawn)
    sum += each.*share = with.gamma(each.*share * weight);
  // What no call has shown yet must not win by a sum of nothing.
  if (sum <= 0)
    return;
  for (auto& each : drawn)
    each.*share /= sum;
  of_model.of = std::move(drawn);
}

/// Of an exponential distribution, whose tail is cut at its 97th percentile.
std::vector<double> exponential(double mean_s) {
  constexpr int steps = 20;
  std::vector<double> out;
  for (int i = 0; i <= steps; ++i)
    out.push_back(-std::log(1 - 0.97 * i / steps));
  outcome_model scaled;
  scaled[call_outcome::completed].talk_s = out;
  stretch(out, mean_s / scaled.mean_talk_s(call_outcome::completed));
  return out;
}

} // namespace

std::string_view to_string(call_outcome outcome) {
  return names[static_cast<std::size_t>(outcome)];
}

std::string_view to_string(outcome_source source) {
  switch (source) {
  case outcome_source::agent:
    return "agent";
  case outcome_source::sector:
    return "sector";
  case outcome_source::assumed:
    break;
  }
  return "assumed";
}

// SplitMix64.
std::uint64_t dice::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  auto z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double dice::unit() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

// Box and Muller.
double dice::normal() {
  const auto radius = std::sqrt(-2 * std::log(1 - unit()));
  return radius * std::cos(2 * std::numbers::pi * unit());
}

// Marsaglia and Tsang.
double dice::gamma(double shape) {
  if (shape <= 0)
    return 0;
  if (shape < 1)
    return gamma(shape + 1) * std::pow(1 - unit(), 1 / shape);
  const auto d = shape - 1.0 / 3;
  const auto c = 1 / std::sqrt(9 * d);
  while (true) {
    const auto x = normal();
    const auto root = 1 + c * x;
    if (root <= 0)
      continue;
    const auto v = root * root * root;
    if (std::log(1 - unit()) < 0.5 * x * x + d * (1 - v + std::log(v)))
      return d * v;
  }
}

double outcome_model::mean_talk_s(call_outcome which) const {
  const auto& quantiles = (*this)[which].talk_s;
  if (quantiles.size() < 2)
    return 0;
  const auto inner = std::accumulate(quantiles.begin() + 1, quantiles.end() - 1, 0.0);
  return (inner + (quantiles.front() + quantiles.back()) / 2) /
         static_cast<double>(quantiles.size() - 1);
}

void outcome_model::set_answer_rate(double rate) {
  for (const auto share : {&entry::share, &entry::later_share}) {
    auto& answered = (*this)[call_outcome::completed].*share;
    const auto rest = 1 - answered;
    for (auto& each : of)
      each.*share = rest > 0 ? each.*share * (1 - rate) / rest : 0;
    answered = rate;
    if (rest <= 0)
      (*this)[call_outcome::no_answer].*share = 1 - rate;
  }
  weight = 1e6;
  if (later_weight > 0)
    later_weight = 1e6;
}

void outcome_model::set_mean_talk_s(double seconds) {
  const auto mean = mean_talk_s(call_outcome::completed);
  auto& talk_s = (*this)[call_outcome::completed].talk_s;
  if (mean > 0)
    stretch(talk_s, seconds / mean);
  else
    talk_s = {seconds, seconds};
}

outcome_model outcome_model::drawn(dice& with) const {
  auto out = *this;
  draw_shares(out, &entry::share, weight, with);
  if (later_weight > 0)
    draw_shares(out, &entry::later_share, later_weight, with);
  // Lengths of talks deviate about as much as their mean.
  const auto talks = std::max(1.0, weight * (*this)[call_outcome::completed].share);
  const auto factor = std::clamp(1 + with.normal() / std::sqrt(talks), 0.5, 2.0);
  for (auto& each : out.of)
    stretch(each.talk_s, factor);
  return out;
}

call_outcome outcome_model::draw(dice& with, std::uint32_t attempts_before) const {
  const auto share =
      attempts_before > 0 && later_weight > 0 ? &entry::later_share : &entry::share;
  auto left = with.unit();
  auto last = call_outcome::completed;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (of[i].*share <= 0)
      continue;
    last = static_cast<call_outcome>(i);
    left -= of[i].*share;
    if (left < 0)
      break;
  }
  return last;
}

outcome_model assumed_outcomes(double ring_s) {
  outcome_model out;
  out[call_outcome::completed] = {0.24, ring_s / 3, exponential(60)};
  out[call_outcome::voicemail] = {0.16, ring_s, {5, 20}};
  out[call_outcome::no_answer] = {0.46, ring_s, {}};
  out[call_outcome::busy] = {0.10, 5, {}};
  out[call_outcome::failed] = {0.04, 5, {}};
  out.weight = 30;
  return out;
}

} // namespace caly
