#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace caly {

/// Knows how loud the agent was a moment ago: what comes back of it on the caller's line
/// is no speech of the caller's.
///
/// A telephone line returns what it plays at least 14 dB more quietly and at most
/// `echo_max_ms` later.
class echo_guard {
public:
  static constexpr std::int64_t echo_max_ms = 400;
  static constexpr int damping = 5; ///< 14 dB

  /// µ-law as base64 that the caller will hear from `begin_ms` on.
  void playing(std::int64_t begin_ms, std::string_view audio);

  /// What would be heard later than now is not heard.
  void cleared(std::int64_t now_ms);

  /// Whether something as loud as this, at this moment, may be the agent's own echo.
  bool may_be_echo(std::int64_t now_ms, int loudness);

private:
  struct moment {
    std::int64_t end_ms = 0;
    int loudness = 0;
  };

  std::deque<moment> moments_;
};

} // namespace caly
