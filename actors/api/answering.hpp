#pragma once

#include <caf/meta/type_name.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace caly {

/// Who or what picked up an outbound call.
enum class answerer : std::uint8_t {
  unknown,
  human,
  voicemail,
  menu,         ///< "press one for sales"
  screening,    ///< "state your name and the reason for calling"
  announcement, ///< of the operator: switched off, not reachable
};

std::string to_string(answerer who);

/// From this confidence on something is done about a verdict; below it is only told.
constexpr double answer_sure = 0.9;

/// Who picked up, as far as is known by now. A later one replaces it.
struct answered {
  answerer who = answerer::unknown;
  double confidence = 0; ///< 0 to 1
  std::string by; ///< What told: timing, words, beep, speech after the beep, carrier.

  template <class Inspector>
  friend auto inspect(Inspector& f, answered& x) {
    return f(caf::meta::type_name("caly.answered"), x.who, x.confidence, x.by);
  }
};

/// What is done about who picked up. Without `listens` nobody asks.
struct answer_plan {
  bool listens = false;
  bool leaves_message = false; ///< On a voicemail; else the call ends.
  bool navigates = false;      ///< Through a menu, by keys; else the call ends.
  bool introduces = false;     ///< Tells a screener who calls; else the call ends.
  std::string voicemail_message;
  std::string introduction;

  template <class Inspector>
  friend auto inspect(Inspector& f, answer_plan& x) {
    return f(caf::meta::type_name("caly.answer_plan"),
             x.listens,
             x.leaves_message,
             x.navigates,
             x.introduces,
             x.voicemail_message,
             x.introduction);
  }
};

/// Presses keys on the line, as a person does on a phone; see `key_rule`.
struct press_keys {
  std::string keys;

  template <class Inspector>
  friend auto inspect(Inspector& f, press_keys& x) {
    return f(caf::meta::type_name("caly.press_keys"), x.keys);
  }
};

/// What keys are, in words for whoever sent others.
constexpr std::string_view key_rule =
    "must be 1 to 32 of 0-9, *, # and w, which is a pause of half a second";

bool are_keys(std::string_view keys);

} // namespace caly
