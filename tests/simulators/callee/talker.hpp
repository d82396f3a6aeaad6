#pragma once

#include "tests/simulators/base/dice.hpp"
#include "tests/simulators/base/world.hpp"
#include "tests/simulators/callee/callee.hpp"
#include "tests/simulators/callee/phone_machine.hpp"
#include "tests/simulators/speech/speech.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caly::sim {

/// The person, or the machine, at the other end of a media stream. Lives on ticks of
/// 20 ms: hears one frame, says one frame.
class talker : public std::enable_shared_from_this<talker> {
public:
  /// `time_left_s` is how long this callee stays on the line from now on; what it does is
  /// told through `port`.
  talker(world& world,
         const callee_plan& plan,
         double time_left_s,
         std::string_view number,
         machine_port port);

  /// Has the lines rendered before they are needed.
  void prepare();

  /// The line broke and is back; as for `time_left_s`, see above.
  void go_on(double time_left_s);

  /// `heard` is one frame of the agent's, empty when nothing is playing. Answers one
  /// frame of the callee's, valid until the next call.
  std::string_view tick(std::string_view heard);

private:
  void listen(std::string_view heard);
  void decide();
  void say_soon(std::string_view text, double delay_s);
  void say_next_line(double delay_s);
  std::string_view speak();
  double seconds() const;
  bool finishes_soon() const;

  world& world_;
  callee_plan plan_;
  double time_left_s_;
  dice dice_;
  machine_port port_;
  std::unique_ptr<phone_machine> machine_; ///< Null: a person has the phone.

  std::size_t ticks_ = 0;
  utterance_ptr speaking_;
  std::string frame_; ///< The one that `tick` answered last.
  std::size_t position_ = 0;

  utterance_ptr pending_;
  bool preparing_ = false;
  std::size_t speak_at_ = 0; ///< Tick.

  std::size_t last_spoke_ = 0;   ///< Tick.
  std::size_t agent_voiced_ = 0; ///< Ticks with speech since the callee's last words.
  std::size_t agent_quiet_ = 0;  ///< Ticks since the agent's last speech.
  std::size_t next_line_ = 0;
  std::size_t next_filler_ = 0;
  int hellos_ = 0;
  bool interrupts_ = false; ///< Cuts into the agent's present turn.
  bool said_goodbye_ = false;
  bool left_ = false;
};

} // namespace caly::sim
