#pragma once

#include "actors/api/call_voices.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace caly {

/// A call's audio for those who listen in, in pieces of a tenth of a second: frames would
/// be five times as many messages.
class call_tap {
public:
  using sink = std::function<void(const call_audio&)>;

  call_tap(const call_id& call, sink out) : call_{call}, out_{std::move(out)} {}

  /// µ-law, 8 kHz; `at_ms` is the time of its first sample on the line.
  void caller(std::int64_t at_ms, std::string_view codes) { add(caller_, at_ms, codes); }

  void agent(std::int64_t at_ms, std::string_view codes) { add(agent_, at_ms, codes); }

private:
  static constexpr std::size_t piece_bytes = 800;

  struct side {
    bool caller = false;
    std::int64_t begin_ms = 0;
    std::string codes;
  };

  void add(side& to, std::int64_t at_ms, std::string_view codes);

  call_id call_;
  sink out_;
  side caller_{true, 0, {}};
  side agent_{false, 0, {}};
};

} // namespace caly
