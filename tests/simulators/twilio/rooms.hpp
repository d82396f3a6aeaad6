#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/twilio/twilio_call.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace caly::sim {

/// Conferences of legs that end for all when one leaves.
class rooms {
public:
  explicit rooms(world& world) : world_{world} {}

  /// `out` is called once when the room ends while this leg is in it.
  void
  join(const std::string& room, const twilio_call_ptr& call, std::function<void()> out);

  /// The leg is gone: the room ends. Nothing happens when it is in none.
  void leave(const std::string& room, const twilio_call& call);

private:
  struct member {
    twilio_call_ptr call;
    std::function<void()> out;
  };

  world& world_;
  std::map<std::string, std::vector<member>> rooms_;
};

} // namespace caly::sim
