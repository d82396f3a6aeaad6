#pragma once

#include "net/media/g711.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace caly {

/// What 20 ms of a line sound like.
enum class line_sound : std::uint8_t {
  quiet,
  noise, ///< Louder than the line is by itself; perhaps a voice's beginning.
  voice,
};

/// Tells speech from silence in telephone audio, 20 ms at a time.
///
/// A frame that is hardly louder than the line's noise is silence; WebRTC's detector
/// judges the rest, in its strictest mode: background voices and lines that hum must not
/// interrupt an agent.
class voice_activity {
public:
  static constexpr int frame_ms = 20;
  static constexpr std::size_t frame_samples = 160;

  voice_activity();

  /// µ-law, 8 kHz, any length. Calls `on_frame(line_sound, int loudness)` for each whole
  /// frame; what is left waits for the next time. Loudness is the mean magnitude of the
  /// samples, 0 to 32,124.
  template <class OnFrame>
  void feed(std::string_view codes, OnFrame on_frame) {
    while (!codes.empty()) {
      const auto missing = frame_samples - frame_.size();
      append_mulaw(codes.substr(0, missing), frame_);
      codes.remove_prefix(codes.size() < missing ? codes.size() : missing);
      if (frame_.size() < frame_samples)
        return;
      const auto loudness = loudness_of(frame_);
      on_frame(judge(loudness), loudness);
      frame_.clear();
    }
  }

  static int loudness_of(const pcm_samples& samples);

private:
  line_sound judge(int loudness);

  std::unique_ptr<void, void (*)(void*)> detector_;
  pcm_samples frame_;
  double noise_ = 60; ///< Loudness of the line while nobody speaks.
};

} // namespace caly
