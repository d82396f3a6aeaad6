#pragma once

#include "net/events/event_hub.hpp"

#include <cstddef>
#include <deque>
#include <string>

namespace caly {

/// What one browser still has to get. Pure: the socket takes from it when it can write.
///
/// Replaceable events wait for the next beat, and of one subject only the last is sent;
/// all others go at once.
class event_outbox {
public:
  static constexpr std::size_t waiting_max = 256;

  /// False: the browser is too slow, its connection must close.
  bool add(live_event_ptr event);

  /// A beat, four times a second: what was held back may go.
  void beat();

  /// The next text to write; null when nothing may go now.
  live_event_ptr take();

  bool holds_back() const noexcept { return !held_.empty(); }

private:
  std::deque<live_event_ptr> ready_;
  std::deque<live_event_ptr> held_;
};

} // namespace caly
