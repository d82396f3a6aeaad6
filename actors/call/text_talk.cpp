#include "actors/call/text_talk.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/captured.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/media_talk.hpp"
#include "actors/call/recording.hpp"
#include "actors/call/session.hpp"
#include "actors/call/transfer.hpp"
#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 5s;
/// The same turn asked for again while its answer is being made.
constexpr std::size_t waiting_max = 8;

void carrier_is_there(self_t self, const std::string& carrier_id) {
  auto& state = self->state;
  const auto now_ms = to_unix_ms(self->now());
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

void deliver(self_t self, const spoken_reply& reply) {
  auto& talk = self->state.text;
  talk.thinking = false;
  for (auto& promise : std::exchange(talk.waiting, {}))
    promise.deliver(reply);
}

void say(self_t self,
         std::int32_t turn,
         const text_answer& answer,
         const std::string& text) {
  self->state.transcript.hear(
      agent_item(turn), "agent", text, to_unix_ms(self->now()), answer.language);
  // The carrier hangs up itself, once it has said the words.
  if (answer.end_call)
    give_reason(self, answer.end_reason);
  const spoken_reply reply{turn,
                           text,
                           answer.language,
                           answer.end_call,
                           is_leaving(self->state),
                           answer.expects};
  self->state.text.last = reply;
  write_turns(self, [self, reply](const caf::error& failure) {
    if (failure == errc::fenced)
      fail(self, failure);
    else
      deliver(self, reply);
  });
}

void transfer_and_say(self_t self, std::int32_t turn, const text_answer& answer) {
  begin_transfer(self,
                 *answer.transfer,
                 [self, turn, answer](const caf::expected<std::int32_t>& begun) {
                   if (!begun)
                     spdlog::warn("call: not transferred call={} reason={}",
                                  self->state.id.str(),
                                  to_string(begun.error()));
                   say(self, turn, answer, begun ? answer.text : answer.unsaved);
                 });
}

void act_and_say(self_t self, std::int32_t turn, text_answer answer) {
  auto& state = self->state;
  if (answer.transfer)
    return transfer_and_say(self, turn, answer);
  if (answer.action_kind.empty())
    return say(self, turn, answer, answer.text);
  ++state.tool_calls;
  save_action order{state.tenant,
                    state.id,
                    "text:" + std::to_string(turn),
                    answer.action_kind,
                    answer.arguments,
                    state.session};
  self->request(self->ports().rows, store_timeout, std::move(order))
      .then([self, turn, answer](bool) { say(self, turn, answer, answer.text); },
            [self, turn, answer](const caf::error& failure) {
              if (failure == errc::fenced) {
                lose_session(self);
                return fail(self, failure);
              }
              spdlog::error("call: action not recorded call={} kind={} reason={}",
                            self->state.id.str(),
                            answer.action_kind,
                            to_string(failure));
              say(self, turn, answer, answer.unsaved);
            });
}

/// The talk went over to another language: a line of the timeline.
void tell_language(self_t self, const std::string& language) {
  const auto& last = self->state.text.last;
  if (last && !last->language.empty() && !language.empty() && last->language != language)
    note(self,
         "language",
         R"({"from":")" + last->language + R"(","to":")" + language + "\"}");
}

bool is_over(const call_state& state) {
  return state.phase == call_phase::over || !state.ending.empty();
}

/// Answers with the words behind those of `turn`, as `think` makes them; everyone who
/// asks meanwhile gets the same. Where another node spoke since, or may have, its words
/// come first.
caf::result<spoken_reply> answer_with(self_t self,
                                      brain_kind brain,
                                      const std::string& ticket,
                                      bool here_alone,
                                      std::function<void()> think) {
  auto& talk = self->state.text;
  if (talk.waiting.size() >= waiting_max)
    return caf::make_error(errc::overloaded, "the agent is thinking");
  auto promise = self->make_response_promise<spoken_reply>();
  talk.waiting.push_back(promise);
  if (talk.thinking)
    return promise;
  talk.thinking = true;
  if (here_alone) {
    think();
    return promise;
  }
  take_session(self, brain, ticket, [self, think](const caf::error& failure) {
    if (failure)
      fail(self, failure);
    else
      think();
  });
  return promise;
}

} // namespace

caf::result<spoken_reply> open_talk(self_t self, const open_text& ask) {
  auto& state = self->state;
  // The words that end the call may have to be said twice.
  if (is_over(state) && state.text.last && !ask.pipe)
    return *state.text.last;
  if (is_over(state))
    return caf::make_error(errc::conflict, "the call is over");
  carrier_is_there(self, ask.provider_call_id);
  if (ask.pipe) {
    take_pipe(self, ask.pipe, ask.stream_id);
    state.recorded = false; // the carrier has the audio
  }
  // Its media socket took the call over when it came.
  const bool attached = ask.brain == brain_kind::embedded;
  if (attached && !(state.pipe && state.agent && state.stream_id == ask.stream_id))
    return caf::make_error(errc::conflict, "another socket has the call");
  const bool spoke = state.text.last && !ask.pipe && !attached;
  const auto think =
      [self, spoke, by_carrier = !attached, line = ask.pipe, before = state.session] {
        auto& state = self->state;
        if (line)
          note_opened(self);
        if (by_carrier)
          record_at_carrier(self);
        if (spoke && state.session == before + 1)
          return deliver(self, *state.text.last);
        const auto turn = state.text.last ? state.text.last->turn + 1 : 1;
        act_and_say(self, turn, state.agent->open(state.transcript.turns()));
      };
  return answer_with(self, ask.brain, ask.ticket, attached, think);
}

caf::result<spoken_reply> go_on_talking(self_t self, const hear_text& ask) {
  auto& state = self->state;
  if (state.text.last && ask.turn < state.text.last->turn)
    return *state.text.last;
  if (is_over(state))
    return caf::make_error(errc::conflict, "the call is over");
  carrier_is_there(self, ask.provider_call_id);
  const bool here_alone = state.session > 0 && state.agent && state.brain == ask.brain &&
                          state.text.last && ask.turn == state.text.last->turn;
  return answer_with(self, ask.brain, {}, here_alone, [self, ask] {
    auto& state = self->state;
    if (state.text.last && ask.turn < state.text.last->turn)
      // It was answered elsewhere, and the answer did not arrive.
      return deliver(self, *state.text.last);
    if (ask.brain != brain_kind::embedded)
      record_at_carrier(self);
    auto& transcript = state.transcript;
    auto answer = state.agent->reply(ask.text, transcript.turns(), self->now());
    transcript.hear("text:caller:" + std::to_string(ask.turn),
                    "caller",
                    ask.text,
                    to_unix_ms(self->now()),
                    answer.language);
    tell_language(self, answer.language);
    const auto slots = std::exchange(answer.slots, {});
    keep_slots(
        self, slots, [self, turn = ask.turn + 1, answer](const caf::error& failure) {
          if (failure == errc::fenced)
            return fail(self, failure);
          if (answer.pauses_recording)
            steer(self, {*answer.pauses_recording});
          act_and_say(self, turn, answer);
        });
  });
}

} // namespace caly
