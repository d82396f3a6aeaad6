#pragma once

#include "net/media/recording/tape_deck.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace caly::recording {

/// Puts one call's audio on its tape, as the caller heard and said it. Lives on the
/// call's media thread. Audio is µ-law, 8 kHz; times are milliseconds of the carrier's
/// clock.
///
/// Holds half a second at most; the deck holds what waits for the disk.
class call_recorder {
public:
  explicit call_recorder(std::unique_ptr<tape> to) : tape_{std::move(to)} {}

  ~call_recorder() { flush(); }

  call_recorder(const call_recorder&) = delete;
  call_recorder& operator=(const call_recorder&) = delete;

  /// A frame of the caller; `ms` < 0: right after the last one.
  void caller(std::int64_t ms, std::string_view mulaw);

  /// Audio that the caller hears from `ms` on, unless it is cut before.
  void agent(std::int64_t ms, std::string_view mulaw);

  /// What the caller would have heard of the agent from `ms` on was dropped.
  void cut(std::int64_t ms);

  /// What comes now is not recorded, on both channels: silence stands for it.
  void pause() { paused_ = true; }

  void resume() { paused_ = false; }

  bool paused() const noexcept { return paused_; }

  /// The call's audio is over.
  void finish(std::int64_t ms);

private:
  static constexpr std::size_t batch_bytes_max = 8 << 10;

  void add(const tape_entry& entry);
  void flush();

  std::unique_ptr<tape> tape_;
  std::string batch_;
  std::int64_t caller_end_ms_ = 0;
  bool paused_ = false;
};

} // namespace caly::recording
