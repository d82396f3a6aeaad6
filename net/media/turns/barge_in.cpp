#include "net/media/turns/barge_in.hpp"

#include "net/media/turns/backchannel.hpp"

namespace caly {

barge_in_step barge_in::become(phase next, barge_in_step step) {
  phase_ = next;
  return step;
}

barge_in_step barge_in::frame(line_sound sound) {
  constexpr auto frame_ms = voice_activity::frame_ms;
  const bool voiced = sound == line_sound::voice;
  still_ms_ = sound == line_sound::quiet ? still_ms_ + frame_ms : 0;
  if (still_ms_ >= options_.pause_ms)
    noisy_ = false;
  if (voiced) {
    voiced_ms_ += frame_ms;
    quiet_ms_ = 0;
  } else {
    quiet_ms_ += frame_ms;
  }
  if (phase_ == phase::calm) {
    // A click is no speech: onset means frames that follow each other.
    if (!voiced)
      voiced_ms_ = 0;
    const bool counts = voiced || (sound == line_sound::noise && !noisy_);
    sound_ms_ = counts ? sound_ms_ + frame_ms : 0;
  }
  const bool paused = quiet_ms_ >= options_.pause_ms;
  switch (phase_) {
  case phase::calm:
    if (sound_ms_ >= options_.onset_ms)
      return become(phase::ducked, barge_in_step::duck);
    return barge_in_step::none;
  case phase::ducked:
    if (voiced_ms_ >= options_.speech_ms && !only_listening_)
      return become(phase::held, barge_in_step::hold);
    if (paused) {
      const bool goes_on = still_ms_ < options_.pause_ms;
      reset();
      noisy_ = goes_on;
      return barge_in_step::raise;
    }
    return barge_in_step::none;
  case phase::held:
    if (voiced_ms_ >= options_.sure_ms) {
      reset();
      return barge_in_step::stop;
    }
    if (paused && (only_listening_ || quiet_ms_ >= options_.false_alarm_ms)) {
      reset();
      return barge_in_step::resume;
    }
    return barge_in_step::none;
  }
  return barge_in_step::none;
}

barge_in_step barge_in::speech() {
  if (phase_ != phase::calm)
    return barge_in_step::none; // what the line says is told by its frames
  voiced_ms_ = quiet_ms_ = 0;
  return become(phase::held, barge_in_step::hold);
}

barge_in_step barge_in::words(std::string_view text) {
  if (phase_ == phase::calm || text.empty())
    return barge_in_step::none;
  only_listening_ = is_backchannel(text);
  if (only_listening_)
    return barge_in_step::none;
  reset();
  return barge_in_step::stop;
}

void barge_in::reset() {
  phase_ = phase::calm;
  sound_ms_ = voiced_ms_ = quiet_ms_ = 0;
  only_listening_ = false;
}

} // namespace caly
