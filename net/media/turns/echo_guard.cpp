#include "net/media/turns/echo_guard.hpp"

#include "net/media/turns/loudness.hpp"
#include "net/media/turns/voice_activity.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr std::size_t moments_max = 200;

} // namespace

void echo_guard::playing(std::int64_t begin_ms, std::string_view audio) {
  constexpr std::size_t step = 2 * base64_10ms;
  for (std::size_t at = 0; at < audio.size(); at += step) {
    const auto part = audio.substr(at, step);
    const auto end = static_cast<std::int64_t>(ms_of_base64(at + part.size()));
    moments_.push_back({begin_ms + end, loudness_of_base64(part)});
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
