#include "net/media/turns/echo_guard.hpp"

#include "net/media/turns/voice_activity.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr std::size_t moments_max = 200;
constexpr std::size_t bytes_per_ms = 8;

} // namespace

void echo_guard::playing(std::int64_t begin_ms, std::string_view codes) {
  pcm_samples samples;
  while (!codes.empty()) {
    const auto part = codes.substr(0, voice_activity::frame_samples);
    codes.remove_prefix(part.size());
    decode_mulaw(part, samples);
    begin_ms += static_cast<std::int64_t>(part.size() / bytes_per_ms);
    moments_.push_back({begin_ms, voice_activity::loudness_of(samples)});
    if (moments_.size() > moments_max)
      moments_.pop_front();
  }
}

void echo_guard::cleared(std::int64_t now_ms) {
  while (!moments_.empty() && moments_.back().end_ms > now_ms)
    moments_.pop_back();
}

bool echo_guard::may_be_echo(std::int64_t now_ms, int loudness) {
  while (!moments_.empty() && moments_.front().end_ms + echo_max_ms < now_ms)
    moments_.pop_front();
  return std::any_of(moments_.begin(), moments_.end(), [&](const moment& each) {
    return each.end_ms <= now_ms + voice_activity::frame_ms &&
           loudness <= each.loudness / damping;
  });
}

} // namespace caly
