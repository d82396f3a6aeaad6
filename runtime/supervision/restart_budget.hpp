#pragma once

#include <chrono>
#include <cstdint>
#include <deque>

namespace caly {

/// More than `restarts_max` restarts within `window` mean that restarting does not help.
struct restart_limits {
  std::uint32_t restarts_max = 3;
  std::chrono::milliseconds window{10'000};
};

/// Counts restarts against `restart_limits`. Pure: the caller brings the time.
class restart_budget {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit restart_budget(restart_limits limits = {}) : limits_{limits} {}

  /// Notes a restart; answers whether the budget still covers it.
  bool spend(time_point now);

  const restart_limits& limits() const noexcept { return limits_; }

private:
  restart_limits limits_;
  std::deque<time_point> spent_; // at most restarts_max + 1
};

/// How long to wait before a restart: `delay_min` doubled with every failure in a row,
/// half to one and a half times that by jitter, at most `delay_max`.
struct backoff {
  std::chrono::milliseconds delay_min{100};
  std::chrono::milliseconds delay_max{30'000};
  /// A child that lived this long starts again from `delay_min`.
  std::chrono::milliseconds healthy_after{60'000};

  /// `failures` before this one; `dice` from 0 (shortest) to 1 (longest).
  std::chrono::milliseconds delay(std::uint32_t failures, double dice) const;
};

} // namespace caly
