#include "tests/simulators/twilio/rooms.hpp"

#include <algorithm>

namespace caly::sim {

void rooms::join(const std::string& room,
                 const twilio_call_ptr& call,
                 std::function<void()> out) {
  auto& members = rooms_[room];
  members.push_back({call, std::move(out)});
  world_.log.call(
      "room.join",
      call->facts,
      {{"room", room}, {"members", static_cast<std::int64_t>(members.size())}});
}

void rooms::leave(const std::string& room, const twilio_call& call) {
  const auto found = rooms_.find(room);
  if (found == rooms_.end() || std::ranges::none_of(found->second, [&](const auto& each) {
        return each.call.get() == &call;
      }))
    return;
  const auto members = std::move(found->second);
  rooms_.erase(found);
  for (const auto& each : members)
    if (each.call.get() != &call)
      world_.time.post(each.out);
}

} // namespace caly::sim
