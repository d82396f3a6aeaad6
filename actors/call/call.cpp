#include "actors/call/call.hpp"

#include "actors/call/answering.hpp"
#include "actors/call/call_self.hpp"
#include "actors/call/desk.hpp"
#include "actors/call/dialing.hpp"
#include "actors/call/ending.hpp"
#include "actors/call/media_talk.hpp"
#include "actors/call/recording.hpp"
#include "actors/call/session.hpp"
#include "actors/call/text_talk.hpp"
#include "actors/call/timers.hpp"
#include "actors/call/transfer.hpp"
#include "actors/call/view.hpp"
#include "actors/call/voice.hpp"
#include "runtime/base/error.hpp"

#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;
constexpr auto tick = std::chrono::milliseconds{tick_ms};

void extend(self_t self) {
  auto& state = self->state;
  state.extending = true;
  self->request(self->ports().store,
                store_timeout,
                extend_hold{state.tenant, state.id, state.holds + 1})
      .then(
          [self](bool covered) {
            auto& state = self->state;
            state.extending = false;
            if (covered) {
              ++state.holds;
              state.covered_s += hold_step_s;
            } else {
              end(self, "no_credit");
            }
          },
          [self](const caf::error&) { self->state.extending = false; });
}

/// Nobody is cut off in the middle of a word.
void say_goodbye(self_t self) {
  auto& state = self->state;
  if (!state.pipe || !state.agent || state.max_call_s < 3 * goodbye_s ||
      std::exchange(state.said_goodbye, true))
    return;
  self->send(state.pipe, say_text{state.agent->time_is_up(state.transcript.turns())});
}

void look_at_timers(self_t self) {
  auto& state = self->state;
  const auto now_ms = to_unix_ms(self->now());
  write_turns(self);
  if (!state.media_end.empty())
    end_without_media(self, std::string{state.media_end});
  const bool live =
      state.phase == call_phase::placed || state.phase == call_phase::talking;
  if (state.answered_at_ms > 0 && live) {
    const auto talked_s = (now_ms - state.answered_at_ms) / 1000;
    if (talked_s >= state.max_call_s && state.ending.empty())
      end(self, "max_length");
    else if (talked_s + hold_early_s >= state.covered_s && !state.extending)
      extend(self);
    if (talked_s + goodbye_s >= state.max_call_s && state.ending.empty())
      say_goodbye(self);
  }
  look_at_transfer(self);
  bring_recording_up_to_date(self);
  // Nothing was heard where something should have been: a webhook got lost.
  if (state.phase >= call_phase::sending &&
      now_ms - state.phase_since_ms > patience_ms(state, self->options()) &&
      now_ms - state.asked_at_ms > ask_interval_ms)
    ask_carrier(self);
}

bool is_final(const std::string& status) {
  return status != "queued" && status != "dialing" && status != "ringing" &&
         status != "in_progress";
}

void on_progress(self_t self, const call_progressed& hint) {
  auto& state = self->state;
  // A final event that had its effect before was committed by another node, or its hint
  // got lost: the row is settled all the same.
  const bool settled =
      hint.effect == progress_effect::duplicate || hint.effect == progress_effect::stale;
  if (hint.effect == progress_effect::ended || (settled && is_final(hint.status))) {
    finish(self, hint.status);
    return;
  }
  if (hint.effect == progress_effect::ghost) {
    end(self, "given_up");
    return;
  }
  if (!settled)
    state.status = hint.status;
  if (is_machine(hint.answered_by))
    on_machine(self);
  if (state.phase < call_phase::placed)
    return; // the answer to create-call is still on its way
  state.phase_since_ms = to_unix_ms(self->now());
  if (hint.status == "in_progress" && state.answered_at_ms == 0)
    state.answered_at_ms = state.phase_since_ms;
}

caf::result<bool> press_if_keys(self_t self, const press_keys& ask) {
  if (!are_keys(ask.keys))
    return caf::make_error(errc::invalid, "keys: " + std::string{key_rule});
  return press(self, ask);
}

status_report report_of(const call_state& state) {
  status_report report;
  caf::put(report, "phase", to_string(state.phase));
  caf::put(report, "status", state.status);
  caf::put(report, "ending", state.ending);
  caf::put(report, "turns", state.transcript.turns().size());
  caf::put(report, "media", static_cast<bool>(state.pipe));
  caf::put(report, "speaker", to_string(state.speaker));
  caf::put(report, "transfer", state.transfer ? state.transfer->number : 0);
  caf::put(report, "leaving", is_leaving(state));
  caf::put(report, "recorded", state.recorded);
  caf::put(report, "answered_by", to_string(state.picked_up.who));
  caf::put(report, "recording_paused", state.recording_paused);
  caf::put(report, "text_turn", state.text.last ? state.text.last->turn : 0);
  caf::put(report, "holds", state.holds);
  caf::put(report, "covered_s", state.covered_s);
  caf::put(report, "max_call_s", state.max_call_s);
  caf::put(report, "answered_at_ms", state.answered_at_ms);
  caf::put(report, "phase_since_ms", state.phase_since_ms);
  caf::put(report, "tool_calls_total", state.tool_calls);
  caf::put(report, "events_total", state.events_total);
  return report;
}

live_call_actor::behavior_type behavior_of(self_t self) {
  self->state.transcript = transcript_log{self->options().turns_max};
  self->state.covered_s = self->options().first_hold.count();
  self->state.phase_since_ms = to_unix_ms(self->now());
  self->set_down_handler([self](const caf::down_msg& down) {
    // The media side died without a word; the caller must not hang in silence.
    if (self->state.pipe && self->state.pipe.address() == down.source)
      on_media_closed(self, {self->state.stream_id, "media_failed", 0, 0});
  });
  self->delayed_anon_send(self, tick, call_tick{});
  return {
      [self](const choose_voice& ask) { return self->answered_with(choose(self, ask)); },
      [self](const attach_media& ask) { return self->answered_with(attach(self, ask)); },
      [self](const turn_heard& turn) {
        if (self->state.session == 0)
          return; // from a pipe that was told to stop
        self->state.transcript.hear(
            turn.item, turn.role, turn.text, to_unix_ms(self->now()), turn.language);
        // At once: who may have to go on with the call reads it from the rows.
        write_turns(self);
      },
      [self](const tool_called& ask) { return self->answered_with(use_tool(self, ask)); },
      [self](const open_text& ask) { return self->answered_with(open_talk(self, ask)); },
      [self](const hear_text& ask) {
        return self->answered_with(go_on_talking(self, ask));
      },
      [self](const media_event& event) { note(self, event.kind, event.detail); },
      [self](const answered& verdict) { on_answered(self, verdict); },
      [self](const media_closed& gone) { on_media_closed(self, gone); },
      [self](const call_progressed& hint) { on_progress(self, hint); },
      [self](const end_call& ask) {
        return self->answered_with<bool>(end(self, ask.reason));
      },
      [self](const steer_recording& ask) {
        return self->answered_with<bool>(steer(self, ask));
      },
      [self](const press_keys& ask) {
        return self->answered_with(press_if_keys(self, ask));
      },
      [self](const call_tick&) {
        look_at_timers(self);
        if (self->state.phase != call_phase::over)
          self->delayed_anon_send(self, tick, call_tick{});
      },
      [self](const get_status&) { return report_of(self->state); },
      [self](const transfer_call& ask) {
        return self->answered_with(begin_transfer(self, ask));
      },
      [self](const transfer_progressed& news) { on_transfer(self, news); },
      [self](const say_text& ask) {
        return self->answered_with(say_to_caller(self, ask));
      },
      [self](const advise_agent& ask) { return self->answered_with(advise(self, ask)); },
      [self](const give_word& ask) { return self->answered_with(give(self, ask)); },
      [self](const person_speaks& ask) {
        if (self->state.pipe && self->state.speaker == call_speaker::person)
          self->send(self->state.pipe, ask);
      },
      [self](const listen_in& ask) { return self->answered_with(let_listen(self, ask)); },
      [self](const watch_call&) { return view_of(*self); },
  };
}

} // namespace

std::string to_string(call_phase phase) {
  switch (phase) {
  case call_phase::marking:
    return "marking";
  case call_phase::sending:
    return "sending";
  case call_phase::placed:
    return "placed";
  case call_phase::talking:
    return "talking";
  case call_phase::over:
    return "over";
  }
  return "unknown";
}

live_call_actor::behavior_type dialed_call(self_t self, start_call order) {
  auto& state = self->state;
  state.tenant = order.tenant;
  state.id = order.call.id;
  state.campaign = order.call.campaign;
  state.provider = order.provider;
  state.told = order.told;
  state.max_call_s = order.call.max_call_s;
  auto behavior = behavior_of(self);
  dial(self, order);
  return behavior;
}

live_call_actor::behavior_type resumed_call(self_t self, call_sheet sheet) {
  auto& state = self->state;
  state.tenant = sheet.tenant;
  state.id = sheet.id;
  state.campaign = sheet.campaign;
  state.provider = sheet.provider;
  state.provider_call_id = sheet.provider_call_id;
  state.max_call_s = sheet.max_call_s;
  state.holds = sheet.holds;
  state.answered_at_ms = sheet.answered_at_ms;
  state.status = sheet.status;
  state.phase = call_phase::placed;
  auto behavior = behavior_of(self);
  state.covered_s += hold_step_s * (sheet.holds - 1);
  state.sheet = std::move(sheet);
  return behavior;
}

} // namespace caly
