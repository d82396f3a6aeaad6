#pragma once

#include "actors/call/log/log_writer.hpp"
#include "actors/call/log/state_fields.hpp"
#include "runtime/base/clock.hpp"

#include <caf/mailbox_element.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly::call_logs {

/// One message that a call's actor handled: what came, and what it did about it.
struct call_step {
  std::int64_t at_ms = 0;    ///< Unix time, that of the whole step
  std::string kind;          ///< of the message; `begin`: the actor's first moments
  std::string payload;       ///< JSON; empty: nothing to know
  std::uint64_t request = 0; ///< that it answers, counted from 1 by actor; 0: none
  std::vector<std::int64_t> boot_ns; ///< readings of the boot clock
  /// What was sent, asked and answered, in order: `store extend_hold […] #digest`.
  std::vector<std::string> effects;
  bool changed = true;
  std::uint64_t digest = 0;                                ///< of the state after it
  std::vector<std::pair<std::string, std::string>> fields; ///< that changed
};

/// A step as the console shows it: no words of the talk.
struct step_in_short {
  std::uint64_t number = 0;
  std::int64_t at_ms = 0;
  std::string kind;
  std::string did;
  std::string changed;
};

/// Sees what enters and leaves one call's actor. Whatever the actor does is a function of
/// what it is told here: time stands still while a message is handled.
class call_recorder {
public:
  static constexpr std::size_t history_max = 200;

  /// `writes`: false keeps the time and nothing else.
  call_recorder(wall_clock clock, bool writes);

  /// Of the message being handled, in whole milliseconds.
  wall_time now() const { return now_; }

  boot_clock::time_point boot_now(const std::function<boot_clock::time_point()>& clock);

  // -- around each message

  void begin();
  /// False: a message that only looks at the actor; it is no step.
  bool begin(const caf::mailbox_element& x);
  void end(const call_state& state);
  /// The handler threw what it did.
  void crash();

  // -- while it is handled

  template <class T>
  void out(std::string_view target, const T& what) {
    if (writes_)
      add(target, what);
  }

  template <class T>
  void answer(std::uint64_t step, const T& what) {
    if (writes_)
      add("answer to " + std::to_string(step), what);
  }

  void word(std::string_view what) {
    if (writes_)
      step_.effects.emplace_back(what);
  }

  // -- what was seen

  bool writes() const noexcept { return writes_; }

  /// The last one; the first is number 0.
  const call_step& step() const noexcept { return step_; }

  /// Of the step that is being handled, or was last.
  std::uint64_t number() const noexcept { return number_; }

  const std::deque<step_in_short>& history() const noexcept { return history_; }

  log_names& names() noexcept { return names_; }

private:
  /// Of a message that left; the rest of it is in its digest.
  static constexpr std::size_t shown_bytes_max = 160;

  template <class T>
  void add(std::string_view target, const T& what) {
    std::string payload;
    log_writer writer{payload, names_};
    writer.write(what);
    add(target, writer.type_name(), payload);
  }

  void add(std::string_view target, std::string_view type, const std::string& payload);
  void start(std::string_view kind);
  void remember();

  const wall_clock clock_;
  const bool writes_;
  wall_time now_;
  log_names names_;
  call_step step_;
  std::uint64_t number_ = 0;
  bool begun_ = false;
  state_digest state_;
  std::vector<std::uint64_t> before_;
  std::deque<step_in_short> history_;
};

} // namespace caly::call_logs
