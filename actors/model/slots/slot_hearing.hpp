#pragma once

#include "actors/model/agent_profile.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace caly {

/// Why what was heard is no value of a slot.
enum class slot_problem : std::uint8_t {
  none,
  not_heard,    ///< Nothing of the kind was said.
  wrong_length, ///< Digits, but too few or too many.
  not_valid,    ///< A number that no phone has, a PIN code that begins with 0.
  too_small,
  too_large,
  too_early,
  too_late,
  no_choice,
};

struct slot_reading {
  std::string value; ///< Canonical; empty with a problem.
  slot_problem problem = slot_problem::none;
  std::string detail{}; ///< The number of digits that were heard.
};

/// The value of `slot` in what was heard, seen from `now` where the caller is: phones in
/// E.164 (ten digits are Indian), dates `2026-11-21`, times `17:30`, numbers and amounts
/// without separators, e-mail addresses in small letters, names in title case. Takes
/// digits and words in English, Hindi and Hinglish ("double nine", "at the rate", "a for
/// apple", "parso"), and keys as digits.
slot_reading
hear_slot(const agent_slot& slot, std::string_view heard, std::chrono::local_seconds now);

/// All digits of the longest run, `and`, `aur` and pauses within it: "98 45, double
/// zero".
std::string digits_heard(std::string_view heard);

} // namespace caly
