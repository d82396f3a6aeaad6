#pragma once

#include "actors/api/dial_store.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

namespace caly {

/// What a campaign fixes about its dialing.
struct campaign_plan {
  std::uint32_t concurrency = 1;
  std::uint32_t breaker_window = 20; ///< calls looked at; 0 switches the breaker off
  double breaker_ratio = 0.5;        ///< share of failures that pauses the campaign
};

/// What a campaign should do next.
enum class campaign_step : std::uint8_t {
  dial,       ///< Want `pacing::wants()` more dials now.
  wait,       ///< Nothing until something happens or `pacing::wait_until` is reached.
  finish,     ///< No row is left and no call is live: complete it.
  pause,      ///< Stop by itself; `pacing::pause_reason()` says why.
  stand_down, ///< Not running any more, or another node owns it.
};

/// Decides how many dials a campaign wants. Pure; time is passed in.
///
/// Invariant: wanted + live <= plan.concurrency.
class pacing {
public:
  explicit pacing(campaign_plan plan) : plan_{plan} {}

  /// Dials to ask for now.
  std::uint32_t wants() const noexcept;

  void asked(std::uint32_t count) noexcept { wanted_ += count; }

  /// The answer to some of the wanted dials.
  void answered(std::uint32_t granted,
                std::uint32_t refused,
                reserve_stop stop,
                std::int64_t wait_until_ms,
                std::int64_t now_ms);

  /// A call of the campaign ended with `status`.
  void finished(const std::string& status);

  /// The rows changed: look again now.
  void woken() noexcept {
    wait_until_ms_ = 0;
    empty_ = false;
    broke_ = false;
  }

  campaign_step next(std::int64_t now_ms) const;

  /// Unix milliseconds; 0 when nothing is waited for by time.
  std::int64_t wait_until_ms() const noexcept { return wait_until_ms_; }

  std::uint32_t live() const noexcept { return live_; }

  std::uint32_t wanted() const noexcept { return wanted_; }

  reserve_stop last_stop() const noexcept { return stop_; }

  std::string pause_reason() const;

private:
  bool failing() const noexcept;

  campaign_plan plan_;
  std::uint32_t wanted_ = 0;
  std::uint32_t live_ = 0;
  bool empty_ = false; ///< the queue had no pending row when last asked
  bool broke_ = false; ///< no credit, and no hold of the tenant's that could come back
  reserve_stop stop_ = reserve_stop::none;
  std::int64_t wait_until_ms_ = 0;
  std::deque<bool> recent_failures_;
};

} // namespace caly
