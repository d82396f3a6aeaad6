#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

using wall_time = std::chrono::system_clock::time_point;

/// Where timestamps come from; tests and simulations pass one they move themselves.
/// Durations come from the actor clock instead.
using wall_clock = std::function<wall_time()>;

/// The machine's own clock.
wall_clock system_wall_clock();

/// CLOCK_BOOTTIME: nobody sets it, and it goes on while the machine sleeps, which the
/// steady clock does not. For what must not be done too late.
struct boot_clock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<boot_clock>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept;
};

/// `2026-11-21T09:04:05.123Z`: UTC, milliseconds.
std::string to_rfc3339(wall_time at);

/// Reads RFC 3339 with `Z` or a numeric offset; anything else is `nullopt`.
std::optional<wall_time> parse_rfc3339(std::string_view text);

/// Unix milliseconds.
std::int64_t to_unix_ms(wall_time at);

} // namespace caly
