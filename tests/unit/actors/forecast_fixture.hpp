#pragma once

#include "actors/campaign/forecast.hpp"
#include "actors/scheduler/line_shares.hpp"

#include <memory>

namespace caly::test {

constexpr std::int64_t second_ms = 1000;
constexpr std::int64_t minute_ms = 60 * second_ms;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::int64_t midnight_ms = 1'795'219'200'000; // 2026-11-21T00:00Z

/// The dial scheduler's own share-out.
inline line_sharer shared_lines() {
  return [shares = std::make_shared<line_shares>(),
          turn = std::uint64_t{0}](const std::vector<line_demand>& demands,
                                   std::uint32_t lines,
                                   std::int64_t now_ms) mutable {
    for (const auto& each : demands)
      shares->report(each, now_ms);
    return shares->plan(lines, turn++, now_ms);
  };
}

/// Days that are open from `opens` until `closes`, counted from midnight; `none`: never.
inline std::vector<calling_day> days(std::int64_t opens, std::int64_t closes) {
  std::vector<calling_day> out;
  for (int i = 0; i < 32; ++i) {
    const auto begins = midnight_ms + i * day_ms;
    out.push_back({begins, begins + opens, begins + closes});
  }
  return out;
}

/// Calls that all end as `outcome` after `line_s`, of which `talk_s` are talk.
inline outcome_model always(call_outcome outcome, double line_s, double talk_s = 0) {
  outcome_model out;
  out[outcome] = {1, line_s, {}};
  if (talk_s > 0)
    out[outcome].talk_s = {talk_s, talk_s};
  out.source = outcome_source::agent;
  out.weight = 1e15;
  return out;
}

/// `people` of one zone who may be called at any hour, from 10:00 on.
inline forecast_input campaign_of(std::uint32_t people) {
  forecast_input in;
  in.starts_ms = midnight_ms + 10 * hour_ms;
  in.plan = {10, 0, 0.5};
  in.max_attempts = 3;
  in.retry_delay_s = {-1, 60, 60, 60, 60, 60, -1, -1};
  in.account_lines = 1000;
  in.system_lines = 1000;
  in.own.tenant = tenant_id::make();
  in.calls_per_s = 1000;
  in.funds_micros = 1'000'000'000'000;
  in.hold_micros = 2'000'000;
  in.price_per_minute_micros = 1'000'000;
  in.zones = {days(0, day_ms)};
  if (people > 0)
    in.rows = {{0, 0, in.starts_ms, 0, people}};
  in.outcomes = always(call_outcome::completed, 10, 50);
  return in;
}

/// People who answer, do not, are busy or are a machine, with talks of different length.
inline outcome_model mixed_outcomes() {
  outcome_model out;
  out[call_outcome::completed] = {0.4, 8, {5, 20, 45, 80, 200}};
  out[call_outcome::voicemail] = {0.1, 20, {5, 15}};
  out[call_outcome::no_answer] = {0.3, 30, {}};
  out[call_outcome::busy] = {0.15, 3, {}};
  out[call_outcome::failed] = {0.04, 2, {}};
  out[call_outcome::refused] = {0.01, 1, {}};
  out.source = outcome_source::agent;
  out.weight = 200;
  return out;
}

} // namespace caly::test
