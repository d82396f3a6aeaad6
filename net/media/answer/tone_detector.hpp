#pragma once

#include "net/media/g711.hpp"

namespace caly {

/// Finds the beep of a voicemail: one pure tone between 350 and 2,200 Hz that lasts.
///
/// A pure tone is what its last two samples predict, x[n] = 2 cos(w) x[n-1] - x[n-2]; how
/// badly a frame keeps to that tells speech, chords and noise from a beep of any pitch.
class tone_detector {
public:
  static constexpr int frame_ms = 20;

  /// 160 samples at 8 kHz. True once for each beep: when it has lasted for 180 ms.
  bool frame(const pcm_samples& samples);

  /// The tone of the last frame in Hz; 0: none.
  double hertz() const noexcept { return hertz_; }

private:
  double hertz_ = 0;
  int lasts_ms_ = 0;
};

} // namespace caly
