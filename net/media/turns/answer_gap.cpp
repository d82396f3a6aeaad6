#include "net/media/turns/answer_gap.hpp"

#include "net/media/g711.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace caly {

namespace {

/// Five seconds of frames: who was silent for longer did not wait for this answer.
constexpr std::size_t moments_max = 250;
/// Mean magnitude of a sample that is no silence: about -48 dBm0.
constexpr int quiet_max = 120;
/// And so much above what the line sounds like while nobody speaks.
constexpr int above_floor = 3;

int magnitude(std::uint8_t code) {
  static const auto table = [] {
    std::array<int, 256> made{};
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = std::abs(int{from_mulaw(static_cast<std::uint8_t>(i))});
    return made;
  }();
  return table[code];
}

/// The first character of four holds the upper six bits of the first of three codes: its
/// sign, its exponent and half of its mantissa.
std::array<std::int16_t, 256> magnitudes_of_base64() {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::int16_t, 256> table{};
  for (std::size_t bits = 0; bits < alphabet.size(); ++bits)
    table[static_cast<std::uint8_t>(alphabet[bits])] =
        static_cast<std::int16_t>(magnitude(static_cast<std::uint8_t>(bits << 2 | 3)));
  return table;
}

int loudness_of_base64(std::string_view audio) {
  static const auto table = magnitudes_of_base64();
  int sum = 0;
  int count = 0;
  for (std::size_t i = 0; i + 4 <= audio.size(); i += 4, ++count)
    sum += table[static_cast<std::uint8_t>(audio[i])];
  return count == 0 ? 0 : sum / count;
}

/// Where the first sound begins, in milliseconds; nothing: it is silent.
std::optional<std::int64_t> first_sound_ms(std::string_view codes) {
  constexpr std::size_t step = 80; // ten milliseconds
  for (std::size_t at = 0; at < codes.size(); at += step) {
    const auto part = codes.substr(at, step);
    int sum = 0;
    for (const auto code : part)
      sum += magnitude(static_cast<std::uint8_t>(code));
    if (sum / static_cast<int>(part.size()) > quiet_max)
      return static_cast<std::int64_t>(at / 8);
  }
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
                                              std::string_view codes) {
  if (!waiting_)
    return std::nullopt;
  const auto sound = first_sound_ms(codes);
  if (!sound)
    return std::nullopt;
  waiting_ = false;
  const auto end = end_of_speech();
  moments_.clear();
  const auto gap = end ? begin_ms + *sound - *end : -1;
  return gap < 0 ? std::nullopt : std::optional{gap};
}

} // namespace caly
