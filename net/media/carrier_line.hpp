#pragma once

#include <chrono>
#include <cstdint>

namespace caly {

/// The caller's half of a carrier's line: its frames in order, and the clock that they
/// make. Carriers number frames (from any number on), tell when each was heard, both or
/// neither; what cannot be is set right here, so that a strange frame costs itself and
/// never the rest of the call.
class carrier_line {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class verdict : std::uint8_t {
    good,
    late, ///< Doubled, or overtaken by one that was taken: to be dropped.
  };

  /// So many late frames one after the other (a second) are a line that began anew.
  static constexpr int late_max = 50;
  /// No frame was heard so long after the moment that it is due.
  static constexpr std::int64_t ahead_max_ms = 10'000;
  /// A stream does not begin later than this; where it does, times count from there.
  static constexpr std::int64_t begin_max_ms = 60'000;

  explicit carrier_line(time_point now) : frame_at_{now} {}

  /// A frame of `length_ms`. `chunk` counts frames or messages, `told_ms` is the moment
  /// of its beginning since the stream's; -1: not told.
  verdict
  take(std::int64_t chunk, std::int64_t told_ms, std::int64_t length_ms, time_point now);

  /// When the last frame that was taken began.
  std::int64_t begin_ms() const noexcept { return begin_ms_; }

  /// The line's clock: that of the frames that the network held up least, in
  /// milliseconds. It stands still on a line that has been quiet for a second: nothing is
  /// heard on it.
  std::int64_t ms(time_point now) const;

  /// When the last frame was taken; before the first one, when the line was opened.
  time_point frame_at() const noexcept { return frame_at_; }

  std::uint64_t frames() const noexcept { return frames_; }

  std::uint64_t late() const noexcept { return late_; }

  /// Milliseconds of audio that never came: holes in the times told.
  std::uint64_t lost_ms() const noexcept { return lost_ms_; }

  /// Frames whose time could not be.
  std::uint64_t misdated() const noexcept { return misdated_; }

private:
  bool overtaken(std::int64_t chunk, std::int64_t told_ms) const;
  std::int64_t dated(std::int64_t told_ms, time_point now);

  std::uint64_t frames_ = 0, late_ = 0, lost_ms_ = 0, misdated_ = 0;
  std::int64_t chunk_ = -1;
  std::int64_t base_ms_ = 0; ///< What the carrier calls our zero.
  std::int64_t begin_ms_ = 0, end_ms_ = 0;
  std::int64_t clock_ms_ = 0; ///< At `frame_at_`.
  int late_in_a_row_ = 0, misdated_in_a_row_ = 0;
  time_point frame_at_;
};

} // namespace caly
