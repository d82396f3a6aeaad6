#include "tests/simulators/callee/talker.hpp"

#include "tests/simulators/base/options.hpp"
#include "tests/simulators/speech/mulaw.hpp"

#include <algorithm>

namespace caly::sim {

namespace {

constexpr std::size_t ticks_in(double seconds) {
  return static_cast<std::size_t>(seconds / frame_s);
}

constexpr double first_hello_s = 3;
constexpr double hello_s = 7;
constexpr int hellos_max = 3;
constexpr double turn_is_over_s = 0.6;
constexpr double turn_min_s = 0.2;
constexpr double interrupts_after_s = 1.4;
constexpr double interrupt_chance = 0.15;
constexpr double leaves_after_s = 1.2; ///< 0008, into the agent's sentence.
constexpr double goodbye_s = 3.5;      ///< Kept for the goodbye at the end.
constexpr double filler_s = 8;         ///< What a filler and its answer take.

const std::string& silent_frame() {
  static const std::string frame(frame_bytes, mulaw_silence);
  return frame;
}

} // namespace

talker::talker(world& world,
               const callee_plan& plan,
               double time_left_s,
               std::string_view number,
               machine_port port)
    : world_{world},
      plan_{plan},
      time_left_s_{time_left_s},
      dice_{world.options.seed, std::string{number} + "/talk"},
      port_{std::move(port)},
      machine_{make_phone_machine(world, plan.kind, port_)} {}

void talker::prepare() {
  const auto warm = [this](std::string_view text) {
    world_.speech.say(text, plan_.persona->speaks, [](const utterance_ptr&) {});
  };
  if (plan_.kind == callee_kind::silent || plan_.kind == callee_kind::voicemail)
    return;
  for (const auto line : plan_.persona->lines)
    warm(line);
  warm(plan_.persona->goodbye);
}

void talker::go_on(double time_left_s) {
  time_left_s_ = seconds() + time_left_s;
  agent_voiced_ = agent_quiet_ = 0;
  last_spoke_ = ticks_;
}

std::string_view talker::tick(std::string_view heard) {
  ++ticks_;
  if (plan_.kind == callee_kind::silent)
    return silent_frame();
  if (machine_) {
    const auto said = machine_->tick(heard);
    if (!machine_->handed_over())
      return said;
    frame_ = said;
    machine_.reset();
    say_soon(plan_.persona->hello, 0.3);
    return frame_;
  }
  listen(heard);
  if (speaking_)
    return speak();
  if (pending_ && ticks_ >= speak_at_) {
    speaking_ = std::exchange(pending_, nullptr);
    preparing_ = false;
    position_ = 0;
    return speak();
  }
  if (!preparing_)
    decide();
  return silent_frame();
}

void talker::listen(std::string_view heard) {
  if (heard.empty() || !is_voiced(heard)) {
    ++agent_quiet_;
    return;
  }
  agent_quiet_ = 0;
  ++agent_voiced_;
}

std::string_view talker::speak() {
  frame_.assign(speaking_->mulaw, position_, frame_bytes);
  frame_.resize(frame_bytes, mulaw_silence);
  position_ += frame_bytes;
  if (position_ >= speaking_->mulaw.size()) {
    speaking_ = nullptr;
    last_spoke_ = ticks_;
    agent_voiced_ = 0;
    interrupts_ = dice_.chance(interrupt_chance);
  }
  return frame_;
}

void talker::decide() {
  if (left_)
    return;
  if (plan_.kind == callee_kind::hangs_up_mid_sentence &&
      agent_voiced_ >= ticks_in(leaves_after_s)) {
    left_ = true;
    return port_.hang_up();
  }
  if (said_goodbye_)
    return;
  if (finishes_soon()) {
    said_goodbye_ = true;
    return say_soon(plan_.persona->goodbye, 0);
  }
  const bool spoke_before = last_spoke_ > 0;
  if (agent_voiced_ >= ticks_in(turn_min_s) && agent_quiet_ >= ticks_in(turn_is_over_s))
    return say_next_line(dice_.between(0.1, 0.5));
  if (interrupts_ && agent_voiced_ >= ticks_in(interrupts_after_s)) {
    interrupts_ = false;
    return say_next_line(0);
  }
  const auto patience_s = spoke_before ? hello_s : first_hello_s;
  if (agent_voiced_ == 0 && ticks_ - last_spoke_ >= ticks_in(patience_s) &&
      hellos_ < hellos_max) {
    ++hellos_;
    say_soon(plan_.persona->hello, 0);
  }
}

void talker::say_next_line(double delay_s) {
  const auto& persona = *plan_.persona;
  if (next_line_ < persona.lines.size())
    return say_soon(persona.lines[next_line_++], delay_s);
  const bool has_time = !plan_.talk_s || time_left_s_ - seconds() > filler_s;
  if (has_time && next_filler_ < persona.fillers.size())
    return say_soon(persona.fillers[next_filler_++], delay_s);
  said_goodbye_ = true;
  if (plan_.talk_s)
    say_soon(persona.goodbye, delay_s);
}

void talker::say_soon(std::string_view text, double delay_s) {
  preparing_ = true;
  speak_at_ = ticks_ + ticks_in(delay_s);
  world_.speech.say(text,
                    plan_.persona->speaks,
                    [self = weak_from_this()](const utterance_ptr& spoken) {
                      if (const auto me = self.lock())
                        me->pending_ = spoken;
                    });
}

double talker::seconds() const {
  return static_cast<double>(ticks_) * frame_s;
}

bool talker::finishes_soon() const {
  return plan_.talk_s && time_left_s_ > goodbye_s &&
         time_left_s_ - seconds() <= goodbye_s;
}

} // namespace caly::sim
