#include "net/media/turns/answer_gap.hpp"

#include "net/media/turns/loudness.hpp"

#include <algorithm>

namespace caly {

namespace {

/// Five seconds of frames: who was silent for longer did not wait for this answer.
constexpr std::size_t moments_max = 250;
/// Mean magnitude of a sample that is no silence: about -48 dBm0.
constexpr int quiet_max = 120;
/// And so much above what the line sounds like while nobody speaks.
constexpr int above_floor = 3;

/// Where the first sound begins, in milliseconds; nothing: it is silent.
std::optional<std::int64_t> first_sound_ms(std::string_view audio) {
  for (std::size_t at = 0; at < audio.size(); at += base64_10ms)
    if (loudness_of_base64(audio.substr(at, base64_10ms)) > quiet_max)
      return static_cast<std::int64_t>(ms_of_base64(at));
  return std::nullopt;
}

} // namespace

void answer_gap::caller(std::int64_t end_ms, std::string_view audio) {
  moments_.push_back({end_ms, loudness_of_base64(audio)});
  if (moments_.size() > moments_max)
    moments_.pop_front();
}

std::optional<std::int64_t> answer_gap::end_of_speech() const {
  if (moments_.empty())
    return std::nullopt;
  const auto [quietest, loudest] =
      std::ranges::minmax_element(moments_, {}, &moment::loudness);
  // Who never paused has no floor.
  const auto loud = std::max(
      quiet_max,
      std::min(quietest->loudness * above_floor, loudest->loudness / above_floor));
  for (auto each = moments_.rbegin(); each != moments_.rend(); ++each)
    if (each->loudness > loud)
      return each->end_ms;
  return std::nullopt;
}

std::optional<std::int64_t> answer_gap::agent(std::int64_t begin_ms,
                                              std::string_view audio) {
  if (!waiting_)
    return std::nullopt;
  const auto sound = first_sound_ms(audio);
  if (!sound)
    return std::nullopt;
  waiting_ = false;
  const auto end = end_of_speech();
  moments_.clear();
  const auto gap = end ? begin_ms + *sound - *end : -1;
  return gap < 0 ? std::nullopt : std::optional{gap};
}

} // namespace caly
