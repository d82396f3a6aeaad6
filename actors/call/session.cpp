#include "actors/call/session.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/voice.hpp"
#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

/// What the agent said last, as an answer to a carrier that asks for it again.
std::optional<spoken_reply> last_words(const std::vector<transcript_turn>& turns) {
  std::optional<spoken_reply> last;
  for (const auto& turn : turns)
    if (turn.role == "agent")
      last = spoken_reply{last ? last->turn + 1 : 1, turn.text, turn.language, false};
  return last;
}

/// The rows know more than this actor: somebody else spoke in the call since, or before.
void start_from(self_t self, call_session& taken) {
  auto& state = self->state;
  if (state.session > 0)
    state.agent.reset(); // it does not know what the other one heard
  state.text.last = last_words(taken.turns);
  state.transcript = transcript_log{self->options().turns_max};
  state.transcript.go_on_after(std::move(taken.turns));
}

} // namespace

void take_session(self_t self,
                  brain_kind brain,
                  const std::string& ticket,
                  std::function<void(caf::error)> then) {
  const auto& state = self->state;
  self->request(self->ports().rows,
                store_timeout,
                take_call{state.tenant, state.id, self->ports().node, ticket})
      .then(
          [self, brain, then](call_session& taken) {
            auto& state = self->state;
            const bool alone = state.session > 0 && taken.number == state.session + 1;
            // What came of a transfer only the rows know.
            state.done = std::move(taken.actions);
            if (!alone)
              state.slots = std::move(taken.slots);
            if (!alone)
              start_from(self, taken);
            state.session = taken.number;
            bring_agent(self, brain, [self, then](caf::error failure) {
              if (!failure)
                self->state.agent->restore(self->state.slots);
              then(std::move(failure));
            });
          },
          [self, then](caf::error& failure) {
            if (failure == errc::forbidden)
              note(self, "ticket_used_again", "{}");
            then(std::move(failure));
          });
}

void lose_session(self_t self) {
  auto& state = self->state;
  if (state.session == 0)
    return;
  spdlog::warn("call: another node speaks in it by now call={} session={}",
               state.id.str(),
               state.session);
  if (state.pipe) {
    self->demonitor(state.pipe.address());
    self->send(state.pipe, stop_media{"moved"});
    state.pipe = nullptr;
  }
  state.session = 0;
  state.agent.reset();
  state.text.last.reset();
  state.transcript = transcript_log{};
  state.phase = std::min(state.phase, call_phase::placed);
  state.phase_since_ms = to_unix_ms(self->now());
}

void write_turns(self_t self, std::function<void(caf::error)> then) {
  auto& state = self->state;
  const auto turns = state.transcript.take_unwritten();
  if (turns.empty())
    return then({});
  const auto session = state.session;
  if (session == 0)
    return then(caf::make_error(errc::fenced, "words of a session that was lost"));
  self->request(self->ports().rows,
                store_timeout,
                save_turns{state.tenant, state.id, turns, session})
      .then([then](std::uint32_t) { then({}); },
            [self, turns, session, then](caf::error& failure) {
              if (failure == errc::fenced && self->state.session == session)
                lose_session(self);
              else
                self->state.transcript.put_back(turns);
              then(std::move(failure));
            });
}

void note(self_t self, const std::string& kind, const std::string& detail) {
  auto& state = self->state;
  auto key = self->ports().node + ':' + std::to_string(state.session) + ':' + kind + ':' +
             std::to_string(++state.events_total);
  // A lost line of the timeline harms nobody.
  self->request(self->ports().rows,
                store_timeout,
                save_event{state.tenant, state.id, std::move(key), kind, detail})
      .then([](bool) {}, [](const caf::error&) {});
}

} // namespace caly
