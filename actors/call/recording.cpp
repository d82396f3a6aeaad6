#include "actors/call/recording.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/session.hpp"
#include "actors/call/transfer.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

std::string word_of(bool x) {
  return x ? "true" : "false";
}

void want(self_t self) {
  auto& state = self->state;
  state.carrier_records = carrier_recording::asked;
  self->request(self->ports().records,
                store_timeout,
                run_record{state.tenant,
                           "recordings.carrier_want",
                           {state.id.str(),
                            std::to_string(state.session),
                            state.provider,
                            state.provider_call_id,
                            self->ports().node,
                            to_rfc3339(self->now())},
                           0})
      .then(
          [self](const record_answer& answer) {
            // Who had the call before may have paused it.
            const auto row = json::parse(answer.json);
            auto& state = self->state;
            state.carrier_pauses = row && (*row)["paused"].bool_or(false);
            state.recording_paused |= row && (*row)["paused_by_hand"].bool_or(false);
            bring_recording_up_to_date(self);
          },
          [self](const caf::error& why) {
            self->state.carrier_records = carrier_recording::wanted;
            warn_failed(why,
                        "call: carrier's recording not asked for call={}",
                        self->state.id.str());
          });
}

void tell_pause(self_t self, bool paused) {
  auto& state = self->state;
  const auto missed = std::exchange(state.pause_missed, false);
  state.pause_unsaid = false;
  state.carrier_pauses = paused;
  self->request(self->ports().records,
                store_timeout,
                run_record{state.tenant,
                           "recordings.carrier_steer",
                           {state.id.str(),
                            word_of(paused),
                            word_of(state.recording_paused),
                            word_of(missed),
                            self->ports().node,
                            to_rfc3339(self->now())},
                           0})
      .then([](const record_answer&) {},
            [self, lost = paused || missed](const caf::error& why) {
              self->state.pause_unsaid = true;
              self->state.pause_missed |= lost;
              warn_failed(why,
                          "call: pause of the carrier's recording not noted call={}",
                          self->state.id.str());
            });
}

} // namespace

void record_at_carrier(self_t self) {
  auto& state = self->state;
  if (state.carrier_records == carrier_recording::none && state.agent &&
      state.agent->plan({}, {}).recorded) {
    const auto offered = self->ports().carriers.of(state.provider).traits.records;
    state.carrier_records =
        offered ? carrier_recording::wanted : carrier_recording::refused;
    if (!offered)
      note(self, "recording_not_offered", R"({"provider":")" + state.provider + "\"}");
  }
  bring_recording_up_to_date(self);
}

bool steer(self_t self, const steer_recording& ask) {
  auto& state = self->state;
  const bool own = state.recorded && state.pipe;
  const bool at_carrier = state.carrier_records == carrier_recording::wanted ||
                          state.carrier_records == carrier_recording::asked;
  if (!own && !at_carrier)
    return false;
  if (std::exchange(state.recording_paused, ask.paused) == ask.paused)
    return true;
  if (own)
    self->send(state.pipe, ask);
  bring_recording_up_to_date(self);
  note(self, ask.paused ? "recording_paused" : "recording_resumed", "{}");
  return true;
}

void bring_recording_up_to_date(self_t self) {
  auto& state = self->state;
  if (state.phase == call_phase::over)
    return;
  if (state.carrier_records == carrier_recording::wanted)
    return want(self);
  const bool paused = state.recording_paused || is_leaving(state);
  if (state.carrier_records == carrier_recording::asked &&
      (state.pause_unsaid || paused != state.carrier_pauses))
    tell_pause(self, paused);
}

} // namespace caly
