#pragma once

#include "tests/simulators/base/world.hpp"
#include "tests/simulators/callee/persona.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace caly::sim {

/// Plays texts, pauses and beeps one after the other, a frame at a time.
class tape_player {
public:
  explicit tape_player(world& world) : world_{world} {}

  void say(std::string_view text, voice speaks = voice::english);
  void pause(double seconds);
  void beep();
  /// Forgets what was not played yet.
  void stop();

  bool playing() const { return !parts_.empty(); }

  /// One frame, valid until the next call; silence while nothing plays or is rendered.
  std::string_view next();

private:
  struct part {
    std::string mulaw;
    bool rendered = false;
  };

  world& world_;
  std::deque<std::shared_ptr<part>> parts_;
  std::size_t position_ = 0;
  std::string frame_;
};

} // namespace caly::sim
