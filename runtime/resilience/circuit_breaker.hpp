#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

namespace caly {

struct circuit_breaker_options {
  std::uint32_t calls_min = 20;       ///< Fewer calls in the window prove nothing.
  std::uint32_t failure_percent = 50; ///< From this share on it opens.
  std::chrono::milliseconds window{10'000};
  std::chrono::milliseconds probe_every{5'000}; ///< One trial call while it is open.
};

/// Stops calling somebody who mostly fails, and finds out when they are well again.
///
/// closed -> open when too many calls of the window failed; open -> half_open when a
/// probe is let through; the probe's end closes it, or opens it for another
/// `probe_every`.
class circuit_breaker {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class state : std::uint8_t { closed, open, half_open };

  /// Leave to make one call; give it back with `end` or `withdraw`.
  struct permit {
    std::uint64_t era = 0;
  };

  explicit circuit_breaker(circuit_breaker_options options = {}) : options_{options} {}

  /// Leave to call now, or nothing while the circuit is open.
  std::optional<permit> begin(time_point now);

  /// Tells how the call went. Calls from before the last change of state do not count.
  void end(permit call, bool ok, time_point now);

  /// The call was not made, for a reason of our own: it says nothing about the other
  /// side.
  void withdraw(permit call, time_point now);

  state current() const noexcept { return state_; }

  /// Until the next probe; zero unless open or half-open.
  std::chrono::milliseconds wait(time_point now) const;

private:
  /// Calls of a tenth of the window.
  struct slice {
    std::int64_t number = -1;
    std::uint32_t calls = 0;
    std::uint32_t failures = 0;
  };

  void open(time_point now);
  void count(bool ok, time_point now);
  bool broken(time_point now) const;
  std::int64_t slice_number(time_point now) const;

  circuit_breaker_options options_;
  state state_ = state::closed;
  std::uint64_t era_ = 0; // changes with every state, so that late ends can be told apart
  time_point probe_at_;
  std::array<slice, 10> slices_;
};

const char* to_string(circuit_breaker::state x);

} // namespace caly
