#include "net/events/outbox.hpp"

#include <algorithm>
#include <utility>

namespace caly {

bool event_outbox::add(live_event_ptr event) {
  if (!event->subject.empty()) {
    const auto known = std::find_if(held_.begin(), held_.end(), [&](const auto& x) {
      return x->type == event->type && x->subject == event->subject;
    });
    if (known != held_.end())
      held_.erase(known);
    held_.push_back(std::move(event));
  } else {
    ready_.push_back(std::move(event));
  }
  return ready_.size() + held_.size() <= waiting_max;
}

void event_outbox::beat() {
  for (auto& event : std::exchange(held_, {}))
    ready_.push_back(std::move(event));
}

live_event_ptr event_outbox::take() {
  if (ready_.empty())
    return nullptr;
  auto first = std::move(ready_.front());
  ready_.pop_front();
  return first;
}

} // namespace caly
