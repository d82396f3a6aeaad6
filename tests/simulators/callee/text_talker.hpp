#pragma once

#include "tests/simulators/callee/callee.hpp"

#include <cstddef>
#include <string_view>

namespace caly::sim {

/// How long it takes to say `text`, in seconds.
double spoken_s(std::string_view text);

/// What a callee does after a prompt of a carrier that listens itself.
struct spoken_answer {
  std::string_view text; ///< Empty: it stays silent.
  double after_s = 0;    ///< From the start of the prompt to its last word.
  bool hangs_up = false; ///< It leaves at `after_s` instead of speaking.
};

/// The person, or the machine, at the other end of a call that runs by `<Gather>`. Speaks
/// the lines of its persona one a prompt, then its fillers, and says goodbye while there
/// is time for it, into the prompt if need be.
class text_talker {
public:
  explicit text_talker(const callee_plan& plan) : plan_{plan} {}

  /// `prompt_s` is how long the prompt takes, `at_s` how long the callee is on the line.
  spoken_answer answer(double prompt_s, double at_s);

private:
  std::string_view next_line();
  spoken_answer say_goodbye(double speak_at_s, double left_s);

  callee_plan plan_;
  std::size_t next_line_ = 0;
  std::size_t next_filler_ = 0;
  bool finished_ = false;
};

} // namespace caly::sim
