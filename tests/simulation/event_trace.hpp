#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace caly::test {

/// What happened in one run, in order. The hash is over all of it, so that two runs with
/// the same hash took the same steps; the last events are kept for people.
class event_trace {
public:
  static constexpr std::size_t kept_max = 120;

  /// Something worth telling. `node` is empty when it concerns none.
  void event(std::int64_t at_ms,
             std::string_view node,
             std::string_view what,
             std::string_view detail);

  /// An actor handled a message.
  void step(std::uint64_t actor) noexcept { mix(actor); }

  std::uint64_t hash() const noexcept { return hash_; }

  /// The last events, one a line, oldest first.
  std::string last() const;

private:
  struct entry {
    std::int64_t at_ms = 0;
    std::string text;
  };

  void mix(std::uint64_t value) noexcept {
    hash_ = (hash_ ^ value) * 0x9E3779B97F4A7C15ull;
    hash_ ^= hash_ >> 29;
  }

  void mix(std::string_view text) noexcept;

  std::uint64_t hash_ = 14695981039346656037ull;
  std::deque<entry> kept_;
};

} // namespace caly::test
