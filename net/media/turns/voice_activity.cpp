#include "net/media/turns/voice_activity.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>
#include <numeric>

// Debian's libwebrtc-audio-processing exports WebRTC's voice activity detector without
// its header (common_audio/vad/include/webrtc_vad.h in WebRTC's sources).
extern "C" {
struct WebRtcVadInst;
WebRtcVadInst* WebRtcVad_Create();
void WebRtcVad_Free(WebRtcVadInst* handle);
int WebRtcVad_Init(WebRtcVadInst* handle);
int WebRtcVad_set_mode(WebRtcVadInst* handle, int mode);
int WebRtcVad_Process(WebRtcVadInst* handle,
                      int rate_hz,
                      const std::int16_t* frame,
                      std::size_t samples);
}

namespace caly {

namespace {

constexpr int strictest = 3;
constexpr int rate_hz = 8000;

/// Speech is so much louder than the line, and never quieter than `loudness_min`.
constexpr double over_noise = 2.5;
constexpr int loudness_min = 120;
/// How fast the estimate of the noise follows the line: down at once, up slowly, so that
/// speech does not become noise.
constexpr double noise_rise = 1.01;
constexpr double noise_max = 1'500;

WebRtcVadInst* raw(void* detector) {
  return static_cast<WebRtcVadInst*>(detector);
}

} // namespace

voice_activity::voice_activity()
    : detector_{WebRtcVad_Create(), [](void* x) { WebRtcVad_Free(raw(x)); }} {
  if (!detector_ || WebRtcVad_Init(raw(detector_.get())) != 0)
    throw std::bad_alloc{};
  WebRtcVad_set_mode(raw(detector_.get()), strictest);
  frame_.reserve(frame_samples);
}

int voice_activity::loudness_of(const pcm_samples& samples) {
  const auto sum = std::accumulate(
      samples.begin(), samples.end(), std::int64_t{0}, [](std::int64_t total, int each) {
        return total + std::abs(each);
      });
  return samples.empty()
             ? 0
             : static_cast<int>(sum / static_cast<std::int64_t>(samples.size()));
}

line_sound voice_activity::judge(int loudness) {
  const bool loud = loudness >= std::max(noise_ * over_noise, double{loudness_min});
  noise_ = std::clamp(std::min(noise_ * noise_rise, double(loudness)), 1.0, noise_max);
  if (!loud)
    return line_sound::quiet;
  return WebRtcVad_Process(raw(detector_.get()), rate_hz, frame_.data(), frame_.size()) ==
                 1
             ? line_sound::voice
             : line_sound::noise;
}

} // namespace caly
