#pragma once

#include "net/media/turns/voice_activity.hpp"

#include <cstdint>
#include <string_view>

namespace caly {

struct barge_in_options {
  int onset_ms = 40;   ///< So much of any sound: the agent goes on more quietly.
  int speech_ms = 300; ///< So much: the agent falls silent.
  /// So much speech is no backchannel, whatever its words.
  int sure_ms = 900;
  int pause_ms = 240; ///< A pause of the caller's ends what was said.
  /// The caller made a noise without words: after so long the agent goes on.
  int false_alarm_ms = 1'200;
};

/// What the agent does because the caller makes himself heard.
enum class barge_in_step : std::uint8_t {
  none,
  duck,   ///< Goes on more quietly.
  raise,  ///< As loudly as before: it was nothing.
  hold,   ///< Falls silent and waits for what it becomes.
  resume, ///< Goes on with the word it was in: it was a false alarm, or "haan".
  stop,   ///< The caller has the word; what was not heard is dropped.
};

/// Decides when a caller interrupts the agent. Pure: fed with 20 ms of the line at a
/// time.
class barge_in {
public:
  explicit barge_in(const barge_in_options& options = {}) : options_{options} {}

  /// 20 ms in which the agent spoke or was held.
  barge_in_step frame(line_sound sound);

  /// Somebody with a finer ear hears the caller speak.
  barge_in_step speech();

  /// What the caller is understood to say, so far.
  barge_in_step words(std::string_view text);

  /// The agent has nothing more to say, or was stopped otherwise.
  void reset();

private:
  enum class phase : std::uint8_t { calm, ducked, held };

  barge_in_step become(phase next, barge_in_step step);

  barge_in_options options_;
  phase phase_ = phase::calm;
  int sound_ms_ = 0;  ///< Of frames without a pause, while calm.
  int voiced_ms_ = 0; ///< Of the current sound.
  int quiet_ms_ = 0;  ///< Since its last voiced frame.
  /// A noise that turned out to be none's voice goes on: only a voice counts, until it
  /// has been over for `pause_ms`.
  bool noisy_ = false;
  int still_ms_ = 0;
  bool only_listening_ = false;
};

} // namespace caly
