#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace caly {

/// When to try again, and when to stop. Only for work that is safe to repeat.
struct retry_policy {
  std::uint32_t attempts_max = 5; ///< The first try included.
  std::chrono::milliseconds delay_min{100};
  std::chrono::milliseconds delay_max{30'000};
  std::chrono::milliseconds age_max{600'000}; ///< From the first try on.

  /// The delay before the next attempt, or nothing when it is time to give up.
  ///
  /// Full jitter: anything from zero to `delay_min` doubled with every attempt, capped by
  /// `delay_max`; `dice` from 0 to 1 chooses. `retry_after` of the other side, if any, is
  /// waited for at least.
  std::optional<std::chrono::milliseconds>
  next(std::uint32_t attempts_done,
       std::chrono::milliseconds age,
       double dice,
       std::chrono::milliseconds retry_after = std::chrono::milliseconds{0}) const;
};

/// Keeps retries to a share of the traffic, so that a broken neighbour is not buried
/// under them: every request earns a tenth of a retry, up to `reserve_max` retries.
class retry_budget {
public:
  explicit retry_budget(std::uint32_t percent = 10, std::uint32_t reserve_max = 20)
      : percent_{percent}, reserve_max_{reserve_max * 100}, left_{reserve_max_} {}

  void note_request() {
    left_ = left_ + percent_ < reserve_max_ ? left_ + percent_ : reserve_max_;
  }

  /// Takes one retry; false means: give up now.
  bool take() {
    if (left_ < 100)
      return false;
    left_ -= 100;
    return true;
  }

private:
  std::uint32_t percent_;
  std::uint32_t reserve_max_; // in hundredths of a retry, as is the next
  std::uint32_t left_;
};

} // namespace caly
