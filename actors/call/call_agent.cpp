#include "actors/call/call_agent.hpp"

namespace caly {

std::string call_agent::not_transferred(const std::string& name,
                                        const std::vector<transcript_turn>&) {
  return "I could not reach " + name + ".";
}

std::string call_agent::back_again(const std::vector<transcript_turn>&) {
  return "Thank you for waiting.";
}

std::string call_agent::time_is_up(const std::vector<transcript_turn>&) {
  return "I have to end the call now. Goodbye.";
}

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
