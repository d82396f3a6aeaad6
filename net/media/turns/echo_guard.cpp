#include "net/media/turns/echo_guard.hpp"

#include "net/media/turns/loudness.hpp"
#include "net/media/turns/voice_activity.hpp"

#include <algorithm>
#include <utility>

namespace caly {

namespace {

constexpr std::size_t moments_max = 200;
/// Less of the agent teaches nothing about the line.
constexpr int speech_min = 400;
/// An echo may be twice as loud as it was so far.
constexpr double margin = 2;
/// Of what was believed, after each frame that says less: a twentieth after two seconds.
constexpr double fade = 0.97;

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
  int agent = 0;
  for (const auto& each : moments_)
    if (each.end_ms <= now_ms + voice_activity::frame_ms)
      agent = std::max(agent, each.loudness);
  if (loudness > agent * gain_) {
    loudest_ = std::max(loudest_, double(loudness) / std::max(agent, 1));
    return false;
  }
  if (agent >= speech_min) {
    const auto returned = double(loudness) / agent;
    gain_ = std::clamp(std::max(returned * margin, gain_ * fade), gain_min, gain_max);
  }
  return true;
}

void echo_guard::sound_over(bool was_speech) noexcept {
  if (std::exchange(loudest_, 0) <= gain_max && !was_speech)
    gain_ = gain_max;
}

} // namespace caly
