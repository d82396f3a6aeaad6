#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace caly {

/// How an attempt may end, by the names of the rows.
enum class call_outcome : std::uint8_t {
  completed,
  voicemail,
  no_answer,
  busy,
  failed,
  canceled,
  refused,
  lost,
};

constexpr std::size_t call_outcomes = 8;

std::string_view to_string(call_outcome outcome);

/// Random numbers that are the same on every machine, unlike those of <random>'s
/// distributions.
class dice {
public:
  explicit dice(std::uint64_t seed) : state_{seed} {}

  /// 0 <= x < 1.
  double unit();
  /// Normal with mean 0 and deviation 1.
  double normal();
  /// Gamma with scale 1; 0 for a shape of 0.
  double gamma(double shape);

private:
  std::uint64_t next();

  std::uint64_t state_;
};

/// Where an outcome model comes from.
enum class outcome_source : std::uint8_t {
  agent,   ///< the account's last calls with this agent
  sector,  ///< the account's last calls with agents of the same sector
  assumed, ///< too few calls yet: `assumed_outcomes`
};

std::string_view to_string(outcome_source source);

/// What becomes of calls. Pure.
///
/// Invariant: the shares add up to 1, the later ones, too, unless none are known;
/// `talk_s` holds quantiles in ascending order.
struct outcome_model {
  struct entry {
    double share = 0;           ///< of first attempts
    double line_s = 0;          ///< a line is taken for this long besides the talk
    std::vector<double> talk_s; ///< evenly spaced quantiles, at least two; empty: no talk
    double later_share = 0;     ///< of attempts to reach who was not reached before
  };

  std::array<entry, call_outcomes> of;
  outcome_source source = outcome_source::assumed;
  std::uint32_t calls = 0; ///< that it was learned from
  /// As how many calls it counts: the fewer, the more do the shares of runs differ.
  double weight = 0;
  /// The same for later attempts; 0: nothing is known of them, they go like the first.
  double later_weight = 0;

  entry& operator[](call_outcome which) { return of[static_cast<std::size_t>(which)]; }

  const entry& operator[](call_outcome which) const {
    return of[static_cast<std::size_t>(which)];
  }

  double mean_talk_s(call_outcome which) const;

  /// Fixes how many attempts a person answers; the other outcomes share the rest.
  void set_answer_rate(double rate);

  /// Stretches the talks so that they last this long on the average.
  void set_mean_talk_s(double seconds);

  /// One of the models that the evidence allows.
  outcome_model drawn(dice& with) const;

  /// What becomes of an attempt after so many others.
  call_outcome draw(dice& with, std::uint32_t attempts_before) const;
};

/// The model while there are too few calls to learn from. A quarter (0.24) of calls from
/// numbers that people do not know is answered: State of the Phone Call, Hiya, 2018 (Pew
/// Research Center found that 19 % generally answer them, 2020). The other shares and a
/// talk of 60 s are our own guess, without a source. Nobody answers for `ring_s`.
outcome_model assumed_outcomes(double ring_s);

} // namespace caly
