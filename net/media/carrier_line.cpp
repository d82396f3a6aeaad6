#include "net/media/carrier_line.hpp"

#include <algorithm>

namespace caly {

namespace {

/// Carriers round times; less than this is no hole.
constexpr std::int64_t hole_ms = 10;
/// Some count from 1970; nobody from further away.
constexpr std::int64_t told_max_ms = 1'000'000'000'000'000;
/// The clock goes back by this part of what it is ahead of the frames.
constexpr std::int64_t pull = 16;

std::int64_t ms_between(carrier_line::time_point from, carrier_line::time_point to) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(to - from).count();
}

} // namespace

bool carrier_line::overtaken(std::int64_t chunk, std::int64_t told_ms) const {
  if (frames_ == 0)
    return false;
  if (chunk >= 0)
    return chunk <= chunk_;
  return told_ms >= 0 && told_ms <= told_max_ms && told_ms - base_ms_ <= begin_ms_;
}

/// The frame's beginning, or that of a frame right behind the last one where what was
/// told cannot be.
std::int64_t carrier_line::dated(std::int64_t told_ms, time_point now) {
  if (told_ms < 0 || told_ms > told_max_ms)
    return end_ms_;
  if (frames_ == 0 && told_ms > begin_max_ms)
    base_ms_ = told_ms;
  const auto due_ms = end_ms_ + ms_between(frame_at_, now);
  const auto at_ms = told_ms - base_ms_;
  if (at_ms >= begin_ms_ && at_ms <= due_ms + ahead_max_ms) {
    misdated_in_a_row_ = 0;
    return at_ms;
  }
  ++misdated_;
  // Who goes on like that has another zero than before.
  if (++misdated_in_a_row_ >= late_max)
    base_ms_ = told_ms - end_ms_;
  return end_ms_;
}

carrier_line::verdict carrier_line::take(std::int64_t chunk,
                                         std::int64_t told_ms,
                                         std::int64_t length_ms,
                                         time_point now) {
  if (overtaken(chunk, told_ms)) {
    ++late_;
    if (++late_in_a_row_ < late_max)
      return verdict::late;
    base_ms_ = std::clamp<std::int64_t>(told_ms, 0, told_max_ms) - end_ms_;
  }
  late_in_a_row_ = 0;
  chunk_ = chunk;
  const auto begin_ms = dated(told_ms, now);
  if (frames_ > 0 && begin_ms > end_ms_ + hole_ms)
    lost_ms_ += static_cast<std::uint64_t>(begin_ms - end_ms_);
  const auto ahead_ms = frames_ == 0 ? 0 : ms(now) - begin_ms;
  clock_ms_ = begin_ms;
  // Frames that a network held up do not throw the clock back.
  if (ahead_ms > 0)
    clock_ms_ += ahead_ms - std::max<std::int64_t>(1, ahead_ms / pull);
  ++frames_;
  frame_at_ = now;
  begin_ms_ = begin_ms;
  end_ms_ = begin_ms + length_ms;
  return verdict::good;
}

std::int64_t carrier_line::ms(time_point now) const {
  constexpr std::int64_t quiet_max_ms = 1'000;
  return clock_ms_ + std::min(ms_between(frame_at_, now), quiet_max_ms);
}

} // namespace caly
