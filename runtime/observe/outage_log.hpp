#pragma once

#include <caf/error.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace caly {

/// Says which lines about something that is away are logged: one per area and interval.
/// Safe from any thread.
class outage_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit outage_gate(std::chrono::milliseconds interval) : interval_{interval} {}

  /// How many lines were left out since the last one of `area` that passed; nothing when
  /// this one is left out as well.
  std::optional<std::uint64_t> pass(std::string_view area, time_point now);

  /// Forgets the area. How many lines were left out and not told yet; nothing when none
  /// of the area had come.
  std::optional<std::uint64_t> close(std::string_view area);

private:
  struct entry {
    time_point next;
    std::uint64_t left_out = 0;
  };

  const std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::unordered_map<std::string, entry> areas_; // few: they stand in the code
};

/// Warns that a dependency is away: at most one line each five seconds for each area
/// (`storage` of "storage: connection lost …"), with the number of those left out since
/// as `left_out`.
void warn_away(std::string message);

/// Tells, once, that what `warn_away` told of the message's area is over.
void log_back(std::string message);

namespace detail {

void warn(const caf::error& reason, std::string message);

} // namespace detail

/// Warns that a request failed; ` reason=…` is added. Errors that mean that a dependency
/// is away (`unavailable`, `overloaded`, `timed_out`, time-outs) go through `warn_away`.
template <class... Ts>
void warn_failed(const caf::error& reason, fmt::format_string<Ts...> text, Ts&&... xs) {
  detail::warn(reason, fmt::format(text, std::forward<Ts>(xs)...));
}

} // namespace caly
