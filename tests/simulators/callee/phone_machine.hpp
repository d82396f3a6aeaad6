#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/callee/callee.hpp"

#include <functional>
#include <memory>
#include <string_view>

namespace caly::sim {

/// What a machine lets the rest of its call know.
struct machine_port {
  /// A line of the history; `text` is the key, or the words, that it is about.
  std::function<void(std::string_view kind, std::string_view text)> note;
  std::function<void()> hang_up; ///< At most once, within a tick.
};

/// What picks up a phone instead of a person. Lives on ticks of 20 ms, as a talker does.
class phone_machine {
public:
  virtual ~phone_machine() = default;

  /// Hears one frame (empty: nothing is playing) and answers one, valid until the next
  /// call.
  virtual std::string_view tick(std::string_view heard) = 0;

  /// From now on a person has the phone.
  virtual bool handed_over() const { return false; }
};

/// Null for people.
std::unique_ptr<phone_machine>
make_phone_machine(world& world, callee_kind kind, machine_port port);

} // namespace caly::sim
