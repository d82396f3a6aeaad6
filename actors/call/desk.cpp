#include "actors/call/desk.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/session.hpp"
#include "runtime/base/error.hpp"

#include <utility>

namespace caly {

namespace {

using self_t = call_self*;

bool has_model(const call_state& state) {
  return state.brain == brain_kind::realtime || state.brain == brain_kind::cascade;
}

/// A carrier that listens and speaks itself has the audio.
bool has_audio(const call_state& state) {
  return has_model(state) || state.brain == brain_kind::embedded;
}

caf::error no_audio() {
  return caf::make_error(errc::refused, "this call's carrier listens and speaks itself");
}

const char* name_of_change(call_speaker from, call_speaker to) {
  switch (to) {
  case call_speaker::nobody:
    return "held";
  case call_speaker::person:
    return "taken_over";
  case call_speaker::agent:
    return from == call_speaker::nobody ? "resumed" : "handed_back";
  }
  return "unknown";
}

} // namespace

caf::result<bool> say_to_caller(self_t self, const say_text& ask) {
  if (!self->state.pipe)
    return false;
  self->send(self->state.pipe, ask);
  note(self, "told_to_say", "{}");
  return true;
}

caf::result<bool> advise(self_t self, const advise_agent& ask) {
  if (!self->state.pipe)
    return false;
  if (!has_model(self->state))
    return caf::make_error(errc::refused, "this call's agent has no model to advise");
  self->send(self->state.pipe, ask);
  note(self, "advised", "{}");
  return true;
}

caf::result<bool> give(self_t self, const give_word& ask) {
  auto& state = self->state;
  if (!state.pipe)
    return false;
  if (!has_audio(state))
    return no_audio();
  const auto before = std::exchange(state.speaker, ask.to);
  if (before == ask.to)
    return true;
  self->send(state.pipe, ask);
  if (ask.to == call_speaker::agent && state.agent)
    self->send(state.pipe, say_text{state.agent->back_again(state.transcript.turns())});
  note(self, name_of_change(before, ask.to), "{}");
  return true;
}

caf::result<bool> let_listen(self_t self, const listen_in& ask) {
  if (!self->state.pipe)
    return false;
  if (!has_audio(self->state))
    return no_audio();
  self->send(self->state.pipe, ask);
  note(self, "listened_in", "{}");
  return true;
}

} // namespace caly
