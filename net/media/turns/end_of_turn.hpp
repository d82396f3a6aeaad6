#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace caly {

/// What the agent asked for; the answer to some questions comes in pieces.
enum class expected_answer : std::uint8_t {
  anything,
  yes_or_no,
  digits,  ///< a number, a PIN code, a date: said in groups
  name,    ///< often spelt
  address, ///< long, with pauses to think
};

/// What the agent's last words ask for, in English, Hindi or Hinglish.
expected_answer expected_answer_to(std::string_view agent_said);

/// What an answer to a question for a slot of this type is like (`agent_slot::type`).
expected_answer expected_for(std::string_view slot_type);

/// What the agent waits for: what its last words ask for, else the slot that it said it
/// asks for next.
expected_answer expected_after(std::string_view agent_said, std::string_view slot_type);

/// How long a server that decides by silence alone should wait for such an answer; at
/// least `usual`.
std::chrono::milliseconds silence_for(expected_answer expected,
                                      std::chrono::milliseconds usual);

/// How long the caller must be quiet, after these words, before the turn is the agent's.
/// Between 300 ms and two seconds: longer while a thought is clearly unfinished ("aur",
/// "matlab", "my number is") or more digits are to be expected, shorter after a whole
/// sentence or a plain yes.
std::chrono::milliseconds end_of_turn_after(std::string_view words,
                                            expected_answer expected);

} // namespace caly
