#pragma once

#include "actors/api/call_store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// The turns of one call in the order they were heard, and which of them still have to be
/// written. A turn that is cut short keeps its place.
class transcript_log {
public:
  explicit transcript_log(std::size_t turns_max = 1000) : turns_max_{turns_max} {}

  /// Starts behind turns that were written before this node took the call over.
  void go_on_after(std::vector<transcript_turn> known);

  /// Adds a turn, or replaces the text of the turn with the same `item`. Past the bound
  /// new turns are counted and dropped. Empty text removes nothing and adds nothing.
  void hear(const std::string& item,
            const std::string& role,
            const std::string& text,
            std::int64_t at_ms,
            const std::string& language = {});

  /// The caller's last words; empty while nothing was heard.
  std::string_view caller_said_last() const;

  /// Turns to write now; they count as written until `hear` changes them again.
  std::vector<transcript_turn> take_unwritten();

  /// Writing failed: they are to be written again.
  void put_back(const std::vector<transcript_turn>& turns);

  const std::vector<transcript_turn>& turns() const noexcept { return turns_; }

  std::uint64_t dropped() const noexcept { return dropped_; }

  /// Turns that `take_unwritten` would take.
  std::size_t unwritten() const noexcept { return unwritten_count_; }

  /// Of all turns, whatever the order in which they came to be as they are.
  std::uint64_t digest() const noexcept { return digest_; }

private:
  std::size_t turns_max_;
  std::vector<transcript_turn> turns_;
  std::map<std::string, std::size_t> by_item_;
  std::vector<bool> unwritten_;
  std::size_t unwritten_count_ = 0;
  std::uint64_t digest_ = 0; ///< exclusive or of the turns' own
  std::uint64_t dropped_ = 0;
};

} // namespace caly
