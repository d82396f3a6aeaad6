#include "tests/simulators/callee/text_talker.hpp"

#include <algorithm>
#include <limits>

namespace caly::sim {

namespace {

constexpr double characters_a_second = 15;
constexpr double reaction_s = 0.6;
constexpr double barges_in_after_s = 0.5;
constexpr double leaves_after_s = 1.2; ///< 0008, into the agent's sentence.
constexpr double goodbye_s = 3.5;      ///< Kept for the goodbye at the end.

} // namespace

double spoken_s(std::string_view text) {
  // Bytes that go on with a UTF-8 character do not count.
  const auto characters =
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
  return static_cast<double>(characters) / characters_a_second;
}

spoken_answer text_talker::answer(double prompt_s, double at_s) {
  if (plan_.kind == callee_kind::silent || finished_)
    return {};
  if (plan_.kind == callee_kind::voicemail) {
    finished_ = true;
    return {voicemail_greeting(), spoken_s(voicemail_greeting()), false};
  }
  if (plan_.kind == callee_kind::hangs_up_mid_sentence)
    return {{}, std::min(leaves_after_s, prompt_s), true};
  const auto left_s =
      plan_.talk_s ? *plan_.talk_s - at_s : std::numeric_limits<double>::infinity();
  const auto speak_at_s = prompt_s + reaction_s;
  const auto line = next_line();
  if (line.empty() || speak_at_s + spoken_s(line) > left_s - goodbye_s)
    return say_goodbye(speak_at_s, left_s);
  return {line, speak_at_s + spoken_s(line), false};
}

std::string_view text_talker::next_line() {
  const auto& persona = *plan_.persona;
  if (next_line_ < persona.lines.size())
    return persona.lines[next_line_++];
  if (next_filler_ < persona.fillers.size())
    return persona.fillers[next_filler_++];
  return {};
}

spoken_answer text_talker::say_goodbye(double speak_at_s, double left_s) {
  finished_ = true;
  if (!plan_.talk_s)
    return {}; // never hangs up, so never says goodbye either
  const auto latest_s = std::max(barges_in_after_s, left_s - goodbye_s);
  const auto goodbye = plan_.persona->goodbye;
  return {goodbye, std::min(speak_at_s, latest_s) + spoken_s(goodbye), false};
}

} // namespace caly::sim
