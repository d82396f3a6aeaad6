#include "net/media/embedded/utterance.hpp"

#include "net/media/turns/voice_activity.hpp"

#include <utility>

namespace caly {

namespace {

std::size_t bytes_of(std::chrono::milliseconds time) {
  return static_cast<std::size_t>(time.count()) * utterance::bytes_a_ms;
}

} // namespace

void utterance::add(std::string_view samples) {
  samples_ += samples;
  const auto most = bytes_of(speaking_ ? length_max : before);
  if (samples_.size() <= most)
    return;
  if (speaking_)
    samples_.resize(most);
  else
    samples_.erase(0, samples_.size() - most);
}

std::optional<std::string> utterance::frame(bool voiced,
                                            std::chrono::milliseconds pause) {
  constexpr std::chrono::milliseconds frame{voice_activity::frame_ms};
  if (voiced) {
    speaking_ = true;
    voiced_ += frame;
    quiet_ = {};
  } else {
    quiet_ += frame;
  }
  const bool too_long = samples_.size() >= bytes_of(length_max);
  if (!speaking_ || (quiet_ < pause && !too_long))
    return std::nullopt;
  auto said = std::exchange(samples_, {});
  const bool counts = voiced_ >= speech_min;
  drop();
  return counts ? std::optional{std::move(said)} : std::nullopt;
}

void utterance::drop() {
  samples_.clear();
  voiced_ = quiet_ = {};
  speaking_ = false;
}

} // namespace caly
