#pragma once

#include "actors/api/dial_scheduler.hpp"
#include "actors/campaign/outcome_model.hpp"
#include "actors/campaign/pacing.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace caly {

/// How the dial scheduler shares `lines` lines out among those who want some: a limit for
/// each demand. Keeps what it must between calls; `now_ms` never goes back.
using line_sharer = std::function<std::vector<line_limit>(
    const std::vector<line_demand>& demands, std::uint32_t lines, std::int64_t now_ms)>;

/// A sharer that remembers nothing yet: each run of a forecast starts with one.
using line_sharer_maker = std::function<line_sharer()>;

/// A day as it is somewhere. Unix milliseconds. People are called from `opens_ms` until
/// before `closes_ms`; on a day without calls both are `begins_ms`.
struct calling_day {
  std::int64_t begins_ms = 0;
  std::int64_t opens_ms = 0;
  std::int64_t closes_ms = 0;
};

/// People of one time zone that are alike.
struct forecast_rows {
  std::uint32_t zone = 0; ///< place in `forecast_input::zones`
  std::uint32_t attempts = 0;
  std::int64_t due_ms = 0; ///< not before this
  std::uint32_t dialed_today = 0;
  std::uint32_t count = 0;
};

/// Everything that a campaign's course depends on. Money in micros, times in Unix
/// milliseconds.
struct forecast_input {
  std::int64_t starts_ms = 0;
  campaign_plan plan;
  std::uint32_t max_attempts = 3;
  /// Seconds until the next attempt; below 0: there is none after this outcome.
  std::array<std::int64_t, call_outcomes> retry_delay_s{};
  std::int64_t max_call_s = 600;
  std::uint32_t daily_cap = 5;
  std::int64_t contact_gap_s = 0;

  std::uint32_t account_lines = 0; ///< that its other calls leave
  std::uint32_t system_lines = 0;  ///< that are not taken by somebody unnamed
  line_demand own;                 ///< names the account; the rest is found by the run
  std::vector<line_demand> others; ///< they go on as they are
  double calls_per_s = 1;          ///< of the calling number

  std::int64_t funds_micros = 0;
  std::int64_t hold_micros = 0;
  std::int64_t price_per_minute_micros = 0;
  std::int64_t pulse_s = 1;

  /// The days of each zone without a gap, all as many.
  std::vector<std::vector<calling_day>> zones;
  std::vector<forecast_rows> rows;
  outcome_model outcomes;
};

/// How a campaign's course ends.
enum class forecast_end : std::uint8_t {
  completed,    ///< no row is left
  no_credit,    ///< paused: the balance does not cover another call
  failure_rate, ///< paused by the failure breaker
  too_long,     ///< days are over before rows are; or nobody may ever be called
};

std::string_view to_string(forecast_end end);

/// What keeps a campaign from being over sooner.
enum class forecast_limit : std::uint8_t {
  campaign_lines,
  account_lines,
  system_lines,
  call_rate,
  calling_window,
  retry_delay,
  credit,
  last_calls, ///< the rows are dialed, their calls go on
};

constexpr std::size_t forecast_limits = 8;

std::string_view to_string(forecast_limit limit);

/// Lines in use over a campaign's time, in a bounded number of equal steps.
class line_use {
public:
  static constexpr std::size_t steps_max = 96;

  struct step {
    double line_ms = 0; ///< sum over the lines of the time that each is used
    std::uint32_t most = 0;
  };

  void add(std::int64_t from_ms, std::int64_t to_ms, std::uint32_t lines);

  std::int64_t step_ms() const noexcept { return step_ms_; }

  const std::vector<step>& steps() const noexcept { return steps_; }

private:
  void halve();

  std::int64_t step_ms_ = 1000;
  std::vector<step> steps_;
};

/// One course that the campaign may take. Counts are of what is ahead.
struct forecast_course {
  forecast_end end = forecast_end::completed;
  std::int64_t ends_ms = 0;       ///< the last call is over
  std::int64_t credit_out_ms = 0; ///< first time that credit did not suffice; 0: never
  std::int64_t calls = 0;
  std::int64_t answered = 0; ///< by people
  std::int64_t talked_s = 0;
  std::int64_t cost_micros = 0;
  std::int64_t reached = 0;
  std::int64_t exhausted = 0; ///< given up
  std::int64_t left = 0;      ///< neither
  std::array<std::int64_t, forecast_limits> limited_ms{};
  line_use lines;
};

/// Of the courses sorted by size: the one in the middle, and one that nine of ten do not
/// pass.
struct forecast_range {
  std::int64_t p50 = 0;
  std::int64_t p90 = 0;
};

struct campaign_forecast {
  std::uint32_t runs = 0;
  std::int64_t starts_ms = 0;
  /// `never_ms`: not within the days of the input.
  forecast_range ends_ms;
  forecast_range calls, answered, talked_s, cost_micros;
  forecast_range reached, exhausted, left;
  /// What it costs to the end, whether there is credit for that or not.
  forecast_range needed_micros;
  bool credit_suffices = true;    ///< in all courses
  std::int64_t credit_out_ms = 0; ///< in the middle of the courses where it does not
  forecast_end end{};             ///< of most courses
  std::array<double, forecast_limits> limited{}; ///< shares of the time
  line_use lines;                                ///< of the course in the middle
};

constexpr auto never_ms = std::numeric_limits<std::int64_t>::max();

struct forecast_effort {
  std::uint64_t seed = 1;
  std::uint32_t runs = 10;
  /// After this no further run is begun; the first one always is.
  std::chrono::milliseconds time_max = std::chrono::seconds{2};
};

/// One course. Deterministic: the same input and seed answer the same.
forecast_course
run_forecast(const forecast_input& input, const line_sharer& share, std::uint64_t seed);

/// Plays the campaign several times with the pacing that dials and the dial scheduler's
/// share-out, with calls by chance. The same within `effort` answers the same, unless
/// time runs out.
campaign_forecast forecast(const forecast_input& input,
                           const line_sharer_maker& share,
                           const forecast_effort& effort = {});

} // namespace caly
