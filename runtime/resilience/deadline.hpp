#pragma once

#include <algorithm>
#include <chrono>

namespace caly {

/// The moment until which an answer is of use. Whoever passes work on passes the deadline
/// on, so that nobody works for a caller who has gone. Between nodes the remaining time
/// travels, because their clocks differ.
class deadline {
public:
  using clock = std::chrono::steady_clock;

  /// Never passes.
  deadline() = default;

  static deadline after(clock::time_point now, std::chrono::milliseconds time) {
    return deadline{now + time};
  }

  /// Zero once it passed.
  std::chrono::milliseconds remaining(clock::time_point now) const {
    using std::chrono::milliseconds;
    if (at_ <= now)
      return milliseconds{0};
    return std::chrono::duration_cast<milliseconds>(at_ - now);
  }

  bool passed(clock::time_point now) const { return at_ <= now; }

  /// The sooner of this and `time` from now: what a callee with a limit of its own gets.
  deadline within(clock::time_point now, std::chrono::milliseconds time) const {
    return deadline{std::min(at_, now + time)};
  }

private:
  explicit deadline(clock::time_point at) : at_{at} {}

  clock::time_point at_ = clock::time_point::max();
};

} // namespace caly
