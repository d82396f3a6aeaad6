#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace caly {

/// Knows how loud the agent was a moment ago: what comes back of it on the caller's line
/// is no speech of the caller's.
///
/// A telephone line returns what it plays at least 14 dB more quietly and at most
/// `echo_max_ms` later. Most lines return far less: how much this one does is learnt from
/// what comes back while the agent speaks, and forgotten when it proves wrong.
class echo_guard {
public:
  static constexpr std::int64_t echo_max_ms = 400;
  static constexpr double gain_max = 0.2;  ///< -14 dB
  static constexpr double gain_min = 0.01; ///< -40 dB

  /// µ-law as base64 that the caller will hear from `begin_ms` on.
  void playing(std::int64_t begin_ms, std::string_view audio);

  /// What would be heard later than now is not heard.
  void cleared(std::int64_t now_ms);

  /// Whether something as loud as this, at this moment, may be the agent's own echo.
  /// To be asked for every frame of 20 ms, in order.
  bool may_be_echo(std::int64_t now_ms, int loudness);

  /// The sound is over that was taken for the caller's. What was no speech, and never
  /// louder than an echo can be, may have been one.
  void sound_over(bool was_speech) noexcept;

private:
  struct moment {
    std::int64_t end_ms = 0;
    int loudness = 0;
  };

  std::deque<moment> moments_;
  double loudest_ = 0;     ///< Of the sound that was no echo, to the agent's speech.
  double gain_ = gain_max; ///< As loud as the line's echo may be, to the agent's speech.
};

} // namespace caly
