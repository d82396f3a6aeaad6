#pragma once

#include "runtime/base/clock.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <utility>

namespace caly {

/// How long a node that is to end may go on for its calls' sake. From any thread; time is
/// passed in.
class draining {
public:
  /// What a second wish to end leaves.
  static constexpr std::chrono::seconds hurried{10};

  explicit draining(std::chrono::milliseconds deadline) : deadline_{deadline} {}

  /// False: it drains already.
  bool begin(boot_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    if (until_)
      return false;
    until_ = now + deadline_;
    return true;
  }

  /// False: it does not drain.
  bool call_off() {
    const std::lock_guard lock{mutex_};
    return std::exchange(until_, std::nullopt).has_value();
  }

  /// Leaves `hurried` at most, where it drains.
  void hurry(boot_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    if (until_)
      until_ = std::min(*until_, now + hurried);
  }

  bool on() const {
    const std::lock_guard lock{mutex_};
    return until_.has_value();
  }

  bool time_is_up(boot_clock::time_point now) const {
    const std::lock_guard lock{mutex_};
    return until_ && now >= *until_;
  }

private:
  std::chrono::milliseconds deadline_;
  mutable std::mutex mutex_;
  std::optional<boot_clock::time_point> until_; ///< set: draining
};

} // namespace caly
