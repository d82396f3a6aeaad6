#include "actors/call/call_agent.hpp"

namespace caly {

text_answer call_agent::open(const std::vector<transcript_turn>&) {
  text_answer answer;
  answer.end_call = true;
  answer.end_reason = "no_text_brain";
  return answer;
}

text_answer
call_agent::reply(std::string_view, const std::vector<transcript_turn>& said, wall_time) {
  return open(said);
}

} // namespace caly
