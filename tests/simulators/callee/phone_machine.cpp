#include "tests/simulators/callee/phone_machine.hpp"

#include "tests/simulators/callee/tape_player.hpp"
#include "tests/simulators/speech/dictation.hpp"
#include "tests/simulators/speech/key_ear.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <string>

namespace caly::sim {

namespace {

constexpr double lift_s = 0.4; ///< Between picking up and the first word.
constexpr int message_pause_ms = 1'000;

constexpr std::size_t ticks_in(double seconds) {
  return static_cast<std::size_t>(seconds / frame_s);
}

const std::string& silent_frame() {
  static const std::string frame(frame_bytes, mulaw_silence);
  return frame;
}

/// 0004 and 0014: greets, beeps and records. At 0014 a person picks up when somebody
/// has spoken for a while.
class voicemail : public phone_machine {
public:
  voicemail(world& world, machine_port port, bool picks_up)
      : tape_{world},
        port_{std::move(port)},
        picks_up_{picks_up},
        message_{world.utterances,
                 message_pause_ms,
                 {[](int) {},
                  [](int, int, const std::string&) {},
                  [this](int, int, const std::string& words) {
                    if (!words.empty())
                      port_.note("callee.message", words);
                  }}} {
    tape_.pause(lift_s);
    tape_.say(voicemail_greeting());
    tape_.pause(0.2);
    tape_.beep();
  }

  std::string_view tick(std::string_view heard) override {
    if (tape_.playing())
      return tape_.next();
    message_.hear(heard.empty() ? std::string_view{silent_frame()} : heard);
    voiced_ += !heard.empty() && is_voiced(heard) ? 1 : 0;
    return silent_frame();
  }

  bool handed_over() const override {
    return picks_up_ && voiced_ >= ticks_in(picks_up_after_s);
  }

private:
  static constexpr double picks_up_after_s = 1.5;

  tape_player tape_;
  machine_port port_;
  bool picks_up_;
  dictation message_;
  std::size_t voiced_ = 0;
};

/// 0013: one key leads to a person, the other to a goodbye; it repeats itself twice.
class phone_menu : public phone_machine {
public:
  phone_menu(world& world, machine_port port) : tape_{world}, port_{std::move(port)} {
    tape_.pause(lift_s);
    tape_.say("Welcome to Sunrise Clinic.");
    offer();
  }

  std::string_view tick(std::string_view heard) override {
    for (const auto key :
         keys_.hear(heard.empty() ? std::string_view{silent_frame()} : heard)) {
      port_.note("callee.key", std::string(1, key));
      press(key);
    }
    if (!tape_.playing())
      wait();
    return tape_.next();
  }

  bool handed_over() const override { return connects_ && !tape_.playing(); }

private:
  static constexpr double patience_s = 5;
  static constexpr int offers_max = 3;

  void offer() {
    ++offers_;
    waited_ = 0;
    tape_.say("For appointments, press one. For billing, press two.");
  }

  void press(char key) {
    if (connects_ || leaves_)
      return;
    tape_.stop();
    if (key == '1') {
      connects_ = true;
      tape_.say("You are being connected.");
    } else if (key == '2') {
      part("Billing is closed today. Goodbye.");
    } else {
      tape_.say("That is not an option.");
      offer();
    }
  }

  void part(std::string_view words) {
    leaves_ = true;
    tape_.say(words);
  }

  void wait() {
    if (connects_)
      return;
    if (leaves_)
      return hang_up();
    if (++waited_ < ticks_in(patience_s))
      return;
    if (offers_ < offers_max)
      offer();
    else
      part("We did not get your choice. Goodbye.");
  }

  void hang_up() {
    if (port_.hang_up)
      std::exchange(port_.hang_up, nullptr)();
  }

  tape_player tape_;
  machine_port port_;
  key_ear keys_;
  int offers_ = 0;
  std::size_t waited_ = 0;
  bool connects_ = false;
  bool leaves_ = false;
};

/// 0015: asks who calls, and passes the call on when somebody has said so.
class call_screener : public phone_machine {
public:
  explicit call_screener(world& world) : tape_{world} {
    tape_.pause(lift_s);
    tape_.say("Hi. If you record your name and reason for calling, I will see if this "
              "person is available.");
  }

  std::string_view tick(std::string_view heard) override {
    if (!tape_.playing() && !answered_)
      listen(!heard.empty() && is_voiced(heard));
    return tape_.next();
  }

  bool handed_over() const override { return answered_ && !tape_.playing(); }

private:
  static constexpr double name_min_s = 1;
  static constexpr double name_pause_s = 1;

  void listen(bool voiced) {
    voiced_ += voiced ? 1 : 0;
    quiet_ = voiced ? 0 : quiet_ + 1;
    if (voiced_ < ticks_in(name_min_s) || quiet_ < ticks_in(name_pause_s))
      return;
    answered_ = true;
    tape_.say("Thank you. Please stay on the line.");
    tape_.pause(1);
  }

  tape_player tape_;
  std::size_t voiced_ = 0;
  std::size_t quiet_ = 0;
  bool answered_ = false;
};

/// 0016: the operator says that nobody can be reached, twice, and hangs up.
class operator_notice : public phone_machine {
public:
  operator_notice(world& world, machine_port port)
      : tape_{world}, port_{std::move(port)} {
    for (const auto pause_s : {lift_s, 1.5}) {
      tape_.pause(pause_s);
      tape_.say("The number you are calling is switched off. Please try again later.");
    }
  }

  std::string_view tick(std::string_view) override {
    if (!tape_.playing() && port_.hang_up)
      std::exchange(port_.hang_up, nullptr)();
    return tape_.next();
  }

private:
  tape_player tape_;
  machine_port port_;
};

} // namespace

std::unique_ptr<phone_machine>
make_phone_machine(world& world, callee_kind kind, machine_port port) {
  switch (kind) {
  case callee_kind::voicemail:
  case callee_kind::picks_up_late:
    return std::make_unique<voicemail>(
        world, std::move(port), kind == callee_kind::picks_up_late);
  case callee_kind::menu:
    return std::make_unique<phone_menu>(world, std::move(port));
  case callee_kind::screener:
    return std::make_unique<call_screener>(world);
  case callee_kind::switched_off:
    return std::make_unique<operator_notice>(world, std::move(port));
  default:
    return nullptr;
  }
}

} // namespace caly::sim
