#include "actors/call/media_talk.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/captured.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/recording.hpp"
#include "actors/call/session.hpp"
#include "actors/call/transfer.hpp"
#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

void let_go_of_pipe(self_t self) {
  auto& state = self->state;
  if (!state.pipe)
    return;
  self->demonitor(state.pipe.address());
  state.pipe = nullptr;
}

/// The agent says its last words to a caller whom it leaves, and stays with one who waits
/// for a person.
caf::result<tool_answer> transfer_by_tool(self_t self, const transfer_call& order) {
  auto promise = self->make_response_promise<tool_answer>();
  begin_transfer(self, order, [self, promise](caf::expected<std::int32_t> begun) mutable {
    if (!begun) {
      spdlog::warn("call: not transferred call={} reason={}",
                   self->state.id.str(),
                   to_string(begun.error()));
      promise.deliver(tool_answer{
          R"({"ok":false,"error":"nobody can be reached now; offer to note the request"})",
          false});
    } else if (is_leaving(self->state)) {
      promise.deliver(tool_answer{
          R"({"ok":true,"message":"Tell the caller in one sentence that you connect them now."})",
          true});
    } else {
      promise.deliver(tool_answer{
          R"({"ok":true,"message":"Their phone rings. Stay with the caller until they are connected; you are told when nobody can be had."})",
          false});
    }
  });
  return promise;
}

} // namespace

void note_opened(self_t self) {
  note(self,
       "media_opened",
       R"({"node":")" + self->ports().node + R"(","session":)" +
           std::to_string(self->state.session) + "}");
}

void take_pipe(self_t self, const media_pipe_actor& pipe, const std::string& stream_id) {
  auto& state = self->state;
  if (state.pipe && state.pipe != pipe)
    self->send(state.pipe, stop_media{"replaced"});
  let_go_of_pipe(self);
  state.pipe = pipe;
  state.stream_id = stream_id;
  state.speaker = call_speaker::agent;
  state.media_end.clear();
  self->monitor(pipe);
  const auto now_ms = to_unix_ms(self->now());
  if (state.phase < call_phase::talking) {
    state.phase = call_phase::talking;
    state.phase_since_ms = now_ms;
  }
  if (state.answered_at_ms == 0)
    state.answered_at_ms = now_ms;
}

caf::result<media_plan> attach(self_t self, const attach_media& ask) {
  auto& state = self->state;
  if (state.phase == call_phase::over || !state.ending.empty())
    return caf::make_error(errc::conflict, "the call is over");
  if (!ask.provider_call_id.empty())
    state.provider_call_id = ask.provider_call_id;
  take_pipe(self, ask.pipe, ask.stream_id);
  auto promise = self->make_response_promise<media_plan>();
  take_session(self,
               ask.brain,
               ask.ticket,
               [self, promise, stream = ask.stream_id](caf::error failure) mutable {
                 auto& state = self->state;
                 if (!failure) {
                   note_opened(self);
                   auto plan = state.agent->plan(state.transcript.turns(), state.done);
                   plan.session = state.session;
                   state.recorded = plan.recorded;
                   state.answering = plan.answering;
                   promise.deliver(std::move(plan));
                   if (state.recorded && state.recording_paused)
                     self->send(state.pipe, steer_recording{true});
                   return;
                 }
                 // An agent that nobody can bring is a reason to hang up, as any end of
                 // the media; the rest leaves the call to the carrier's next request.
                 if (failure != errc::not_found && state.stream_id == stream)
                   let_go_of_pipe(self);
                 promise.deliver(std::move(failure));
               });
  return promise;
}

caf::result<tool_answer> use_tool(self_t self, const tool_called& ask) {
  auto& state = self->state;
  if (!state.agent || ++state.tool_calls > self->options().tool_calls_max)
    return tool_answer{R"({"ok":false,"error":"no more tools in this call"})", false};
  auto effect =
      state.agent->use_tool(ask, state.transcript.caller_said_last(), self->now());
  tool_answer answer{std::move(effect.output), effect.end_call};
  answer.expects = std::move(effect.expects);
  answer.language = std::move(effect.language);
  if (!effect.slots.empty())
    return answer_kept(self, effect.slots, answer);
  if (effect.pauses_recording)
    steer(self, {*effect.pauses_recording});
  if (effect.transfer)
    return transfer_by_tool(self, *effect.transfer);
  if (!effect.keys.empty()) {
    if (!press(self, {effect.keys}))
      return tool_answer{R"({"ok":false,"error":"no line to press keys on"})", false};
    answer.quiet = true;
  }
  if (effect.action_kind.empty())
    return answer;
  done_action done{effect.action_kind, effect.arguments};
  auto promise = self->make_response_promise<tool_answer>();
  self->request(self->ports().rows,
                store_timeout,
                save_action{state.tenant,
                            state.id,
                            ask.tool_call_id,
                            effect.action_kind,
                            effect.arguments,
                            state.session})
      .then(
          [self, promise, answer, done](bool added) mutable {
            if (added)
              self->state.done.push_back(std::move(done));
            promise.deliver(std::move(answer));
          },
          [self, promise, session = state.session](const caf::error& failure) mutable {
            if (failure == errc::fenced && self->state.session == session)
              lose_session(self);
            promise.deliver(
                tool_answer{R"({"ok":false,"error":"could not be saved"})", false});
          });
  return promise;
}

bool press(self_t self, const press_keys& ask) {
  auto& state = self->state;
  if (!state.pipe)
    return false;
  self->send(state.pipe, ask);
  note(self, "keys_pressed", R"({"keys":")" + ask.keys + "\"}");
  return true;
}

void on_media_closed(self_t self, const media_closed& gone) {
  auto& state = self->state;
  if (gone.stream_id != state.stream_id || !state.pipe)
    return;
  let_go_of_pipe(self);
  state.phase_since_ms = to_unix_ms(self->now());
  note(self,
       "media_closed",
       R"({"reason":")" + gone.reason + R"(","frames_in":)" +
           std::to_string(gone.frames_in) + R"(,"frames_out":)" +
           std::to_string(gone.frames_out) + "}");
  write_turns(self);
  if (is_leaving(state))
    return; // the carrier asks next where to
  if (gone.reason != "carrier_closed")
    end_without_media(self, gone.reason);
}

} // namespace caly
