#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>

namespace caly {

/// How long a caller waits for the agent, measured on the audio itself: from the end of
/// the caller's last sound to the beginning of the agent's next one, both on the line's
/// clock. Audio is µ-law as base64, in pieces of any length, and is not decoded.
class answer_gap {
public:
  /// The caller's line up to `end_ms`.
  void caller(std::int64_t end_ms, std::string_view audio);

  /// What is played next begins a turn of the agent's.
  void agent_begins() noexcept { waiting_ = true; }

  /// The agent's, heard from `begin_ms` on. The gap, once a turn, at its first sound;
  /// nothing when the caller said nothing since the agent's last turn.
  std::optional<std::int64_t> agent(std::int64_t begin_ms, std::string_view audio);

private:
  struct moment {
    std::int64_t end_ms = 0;
    int loudness = 0;
  };

  std::optional<std::int64_t> end_of_speech() const;

  std::deque<moment> moments_; ///< Of the caller, since the agent's last turn.
  bool waiting_ = false;
};

} // namespace caly
