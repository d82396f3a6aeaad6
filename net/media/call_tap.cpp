#include "net/media/call_tap.hpp"

#include <cstdlib>
#include <utility>

namespace caly {

void call_tap::add(side& to, std::int64_t at_ms, std::string_view codes) {
  // After a pause the piece before it is finished.
  constexpr std::int64_t gap_ms = 60;
  const auto end_ms = to.begin_ms + static_cast<std::int64_t>(to.codes.size()) / 8;
  const bool follows = std::abs(at_ms - end_ms) < gap_ms;
  if (!to.codes.empty() && !follows)
    out_({call_, to.begin_ms, to.caller, std::exchange(to.codes, {})});
  if (to.codes.empty())
    to.begin_ms = at_ms;
  to.codes += codes;
  while (to.codes.size() >= piece_bytes) {
    out_({call_, to.begin_ms, to.caller, to.codes.substr(0, piece_bytes)});
    to.codes.erase(0, piece_bytes);
    to.begin_ms += piece_bytes / 8;
  }
}

} // namespace caly
