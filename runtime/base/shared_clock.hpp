#pragma once

#include "runtime/base/clock.hpp"

#include <atomic>

namespace caly {

/// A wall clock that all nodes share, whatever their own clocks say: it runs on the boot
/// clock and is set by readings of one clock elsewhere. Until the first it shows this
/// machine's time. Any thread may use it.
class shared_clock {
public:
  /// A reading that took longer may be wrong by half of it, so only the first may.
  static constexpr std::chrono::milliseconds reading_max{250};

  shared_clock();

  wall_time now() const noexcept;

  /// `there` was read somewhere between `asked` and `answered`.
  void set(wall_time there,
           boot_clock::time_point asked,
           boot_clock::time_point answered) noexcept;

private:
  std::atomic<std::int64_t> ahead_ns_; ///< of the boot clock
  std::atomic<bool> was_set_{false};
};

} // namespace caly
