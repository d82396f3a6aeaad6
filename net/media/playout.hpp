#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// A piece of the agent's speech that the caller did not hear to its end.
struct cut_audio {
  std::string item;
  std::int64_t heard_ms = 0;
  std::int64_t sent_ms = 0;
};

/// Knows which part of the agent's audio the caller has heard.
///
/// The carrier plays what it gets in order and in real time, so the moments at which an
/// item starts and ends follow from when its audio was sent. All times are milliseconds
/// of the carrier's own clock: the timestamps of the caller's frames. µ-law at 8 kHz:
/// eight bytes a millisecond.
class playout {
public:
  static constexpr std::size_t items_max = 64;
  /// An item counts as heard so long after its end when its mark does not come back.
  static constexpr std::int64_t mark_patience_ms = 1500;

  /// `bytes` of `item` went to the carrier.
  void sent(std::string_view item, std::size_t bytes, std::int64_t now_ms);

  /// The name of the mark that follows the last audio of `item`; empty when nothing of it
  /// was sent or it was cut.
  std::string mark(std::string_view item);

  /// A mark came back. Answers the item that was heard to its end; nothing for marks from
  /// before the last interruption, which come back unheard.
  std::optional<std::string> echoed(std::string_view name);

  /// The caller speaks: everything that was not played yet is cut and forgotten.
  std::vector<cut_audio> interrupt(std::int64_t now_ms);

  /// Items that must have ended long ago although their mark never came; forgotten now.
  std::vector<std::string> overdue(std::int64_t now_ms);

  bool playing(std::int64_t now_ms) const noexcept {
    return !items_.empty() && now_ms < end_ms_;
  }

  /// Nothing was sent whose end is not known yet.
  bool empty() const noexcept { return items_.empty(); }

private:
  struct item {
    std::string id;
    std::int64_t begin_ms = 0;
    std::int64_t bytes = 0;
    std::uint32_t mark = 0;

    std::int64_t ms() const noexcept { return bytes / 8; }
  };

  std::deque<item> items_;
  std::int64_t end_ms_ = 0;
  std::uint32_t generation_ = 0;
  std::uint32_t marks_ = 0;
};

} // namespace caly
