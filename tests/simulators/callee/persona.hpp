#pragma once

#include <string_view>
#include <vector>

namespace caly::sim {

/// Which of the voices speaks a text.
enum class voice { english, hindi };

/// What somebody who picks up wants, and the words for it.
struct persona {
  std::string_view name; ///< For the state page, e.g. "interested_hi".
  voice speaks;
  std::string_view hello;                ///< Said when the agent is silent.
  std::string_view goodbye;              ///< Said when time runs out.
  std::vector<std::string_view> fillers; ///< Asked when there is time left to fill.
  std::vector<std::string_view> lines;   ///< What it came to say, goodbye not included.
};

/// All personas a callee may be drawn from; the order never changes.
const std::vector<persona>& personas();

/// Number 0011: "don't call me again".
const persona& refusing_persona();

/// What an answering machine says before its beep.
std::string_view voicemail_greeting();

} // namespace caly::sim
