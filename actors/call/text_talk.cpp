#include "actors/call/text_talk.hpp"

#include "actors/call/bring_agent.hpp"
#include "actors/call/dialing.hpp"
#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<call_actor, call_state>;

constexpr auto store_timeout = 5s;
/// The same turn asked for again while its answer is being made.
constexpr std::size_t waiting_max = 8;

void carrier_is_there(self_t self,
                      const call_ports& ports,
                      const std::string& carrier_id) {
  auto& state = self->state;
  const auto now_ms = to_unix_ms(ports.clock());
  if (!carrier_id.empty())
    state.provider_call_id = carrier_id;
  if (state.phase < call_phase::talking)
    state.phase = call_phase::talking;
  state.phase_since_ms = now_ms;
  if (state.answered_at_ms == 0)
    state.answered_at_ms = now_ms;
}

void fail(self_t self, const caf::error& failure) {
  auto& talk = self->state.text;
  talk.thinking = false;
  for (auto& promise : std::exchange(talk.waiting, {}))
    promise.deliver(failure);
}

void say(self_t self,
         const call_ports& ports,
         std::int32_t turn,
         const text_answer& answer,
         const std::string& text) {
  auto& talk = self->state.text;
  self->state.transcript.hear("text:agent:" + std::to_string(turn),
                              "agent",
                              text,
                              to_unix_ms(ports.clock()),
                              answer.language);
  // The carrier hangs up itself, once it has said the words.
  if (answer.end_call)
    give_reason(self, ports, answer.end_reason);
  talk.last = spoken_reply{turn, text, answer.language, answer.end_call};
  talk.thinking = false;
  for (auto& promise : std::exchange(talk.waiting, {}))
    promise.deliver(*talk.last);
}

void act_and_say(self_t self,
                 const call_ports& ports,
                 std::int32_t turn,
                 text_answer answer) {
  auto& state = self->state;
  if (answer.action_kind.empty())
    return say(self, ports, turn, answer, answer.text);
  ++state.tool_calls;
  save_action order{state.tenant,
                    state.id,
                    "text:" + std::to_string(turn),
                    answer.action_kind,
                    answer.arguments};
  self->request(ports.rows, store_timeout, std::move(order))
      .then([self, ports, turn, answer](
                bool) { say(self, ports, turn, answer, answer.text); },
            [self, ports, turn, answer](const caf::error& failure) {
              spdlog::error("call: action not recorded call={} kind={} reason={}",
                            self->state.id.str(),
                            answer.action_kind,
                            to_string(failure));
              say(self, ports, turn, answer, answer.unsaved);
            });
}

/// Answers with what `think` makes of it; everyone who asks meanwhile gets the same.
caf::result<spoken_reply> answer_with(self_t self,
                                      const call_ports& ports,
                                      std::int32_t turn,
                                      std::function<text_answer(call_agent&)> think) {
  auto& talk = self->state.text;
  if (talk.waiting.size() >= waiting_max)
    return caf::make_error(errc::overloaded, "the agent is thinking");
  auto promise = self->make_response_promise<spoken_reply>();
  talk.waiting.push_back(promise);
  if (talk.thinking)
    return promise;
  talk.thinking = true;
  bring_agent(self, ports, [self, ports, turn, think](const caf::error& failure) {
    if (failure)
      fail(self, failure);
    else
      act_and_say(self, ports, turn, think(*self->state.agent));
  });
  return promise;
}

bool is_over(const call_state& state) {
  return state.phase == call_phase::over || !state.ending.empty();
}

} // namespace

caf::result<spoken_reply>
open_talk(self_t self, const call_ports& ports, const open_text& ask) {
  auto& state = self->state;
  if (state.text.last)
    return *state.text.last;
  if (is_over(state))
    return caf::make_error(errc::conflict, "the call is over");
  carrier_is_there(self, ports, ask.provider_call_id);
  return answer_with(self, ports, 1, [self](call_agent& agent) {
    return agent.open(self->state.transcript.turns());
  });
}

caf::result<spoken_reply>
go_on_talking(self_t self, const call_ports& ports, const hear_text& ask) {
  auto& state = self->state;
  if (state.text.last && ask.turn < state.text.last->turn)
    return *state.text.last;
  if (is_over(state))
    return caf::make_error(errc::conflict, "the call is over");
  carrier_is_there(self, ports, ask.provider_call_id);
  return answer_with(self, ports, ask.turn + 1, [self, ports, ask](call_agent& agent) {
    auto& transcript = self->state.transcript;
    auto answer = agent.reply(ask.text, transcript.turns(), ports.clock());
    transcript.hear("text:caller:" + std::to_string(ask.turn),
                    "caller",
                    ask.text,
                    to_unix_ms(ports.clock()),
                    answer.language);
    return answer;
  });
}

} // namespace caly
