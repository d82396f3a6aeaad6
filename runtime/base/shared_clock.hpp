#pragma once

#include "runtime/base/clock.hpp"

#include <atomic>

namespace caly {

/// A wall clock that all nodes share, whatever their own clocks say: it runs on the boot
/// clock and is set by readings of one clock elsewhere. Until the first it shows this
/// machine's time. Any thread may show it, one sets it.
class shared_clock {
public:
  shared_clock();

  wall_time now() const noexcept;

  /// `there` was read somewhere between `asked` and `answered`. A clock that agrees with
  /// that stays as it is, another moves by as little as it must: slow readings do not
  /// harm.
  void set(wall_time there,
           boot_clock::time_point asked,
           boot_clock::time_point answered) noexcept;

private:
  std::atomic<std::int64_t> ahead_ns_; ///< of the boot clock
};

} // namespace caly
