#include "actors/call/call.hpp"

#include "actors/call/bring_agent.hpp"
#include "actors/call/dialing.hpp"
#include "actors/call/text_talk.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<call_actor, call_state>;

constexpr auto store_timeout = 10s;
constexpr auto tick = 1s;
/// The carrier is asked again at most this often.
constexpr std::int64_t ask_interval_ms = 10'000;
/// Talk time that one further hold covers, and how early it is taken.
constexpr std::int64_t hold_step_s = 60;
constexpr std::int64_t hold_early_s = 15;

void write_turns(self_t self, const call_ports& ports) {
  auto& state = self->state;
  if (state.writing)
    return;
  auto turns = state.transcript.take_unwritten();
  if (turns.empty())
    return;
  state.writing = true;
  self->request(ports.rows, store_timeout, save_turns{state.tenant, state.id, turns})
      .then([self](std::uint32_t) { self->state.writing = false; },
            [self, turns](const caf::error&) {
              self->state.writing = false;
              self->state.transcript.put_back(turns);
            });
}

void note(self_t self,
          const call_ports& ports,
          const std::string& kind,
          const std::string& detail) {
  auto& state = self->state;
  auto key = "node:" + kind + ":" + std::to_string(++state.events_total);
  // A lost line of the timeline harms nobody.
  self->request(ports.rows,
                store_timeout,
                save_event{state.tenant, state.id, std::move(key), kind, detail})
      .then([](bool) {}, [](const caf::error&) {});
}

void hang_up(self_t self, const call_ports& ports) {
  auto& state = self->state;
  if (state.provider_call_id.empty() || state.phase < call_phase::placed)
    return;
  self->request(ports.carrier,
                15s,
                hang_up_call{state.tenant, state.id, state.provider_call_id})
      .then([](bool) {},
            [self](const caf::error& err) {
              warn_failed(err, "call: hang-up failed call={}", self->state.id.str());
            });
}

/// Ends the call for `reason`; the carrier's terminal event settles it.
bool end(self_t self, const call_ports& ports, const std::string& reason) {
  auto& state = self->state;
  if (state.phase == call_phase::over)
    return false;
  give_reason(self, ports, reason);
  if (state.pipe)
    self->send(state.pipe, stop_media{reason});
  hang_up(self, ports);
  return true;
}

void extend(self_t self, const call_ports& ports) {
  auto& state = self->state;
  state.extending = true;
  self->request(ports.store,
                store_timeout,
                extend_hold{state.tenant, state.id, state.holds + 1})
      .then(
          [self, ports](bool covered) {
            auto& state = self->state;
            state.extending = false;
            if (covered) {
              ++state.holds;
              state.covered_s += hold_step_s;
            } else {
              end(self, ports, "no_credit");
            }
          },
          [self](const caf::error&) { self->state.extending = false; });
}

/// How long nothing may be heard of the call before the carrier is asked about it.
std::int64_t patience_ms(const call_state& state, const call_options& options) {
  if (state.phase == call_phase::talking && state.pipe)
    return std::int64_t{state.max_call_s} * 1000;
  if (state.phase == call_phase::talking && (state.text.last || state.text.thinking))
    return options.text_silence.count();
  if (state.phase == call_phase::sending)
    return options.create_timeout.count() + options.silence_before_asking.count();
  const bool ringing = state.phase == call_phase::placed && state.answered_at_ms == 0;
  return options.silence_before_asking.count() +
         (ringing ? options.ring_timeout.count() : 0);
}

void look_at_timers(self_t self, const call_options& options, const call_ports& ports) {
  auto& state = self->state;
  const auto now_ms = to_unix_ms(ports.clock());
  write_turns(self, ports);
  const bool live =
      state.phase == call_phase::placed || state.phase == call_phase::talking;
  if (state.answered_at_ms > 0 && live) {
    const auto talked_s = (now_ms - state.answered_at_ms) / 1000;
    if (talked_s >= state.max_call_s && state.ending.empty())
      end(self, ports, "max_length");
    else if (talked_s + hold_early_s >= state.covered_s && !state.extending)
      extend(self, ports);
  }
  // Nothing was heard where something should have been: a webhook got lost.
  if (state.phase >= call_phase::sending &&
      now_ms - state.phase_since_ms > patience_ms(state, options) &&
      now_ms - state.asked_at_ms > ask_interval_ms)
    ask_carrier(self, ports);
}

caf::result<media_plan>
attach(self_t self, const call_ports& ports, const attach_media& ask) {
  auto& state = self->state;
  if (state.phase == call_phase::over || !state.ending.empty())
    return caf::make_error(errc::conflict, "the call is over");
  if (!ask.provider_call_id.empty())
    state.provider_call_id = ask.provider_call_id;
  if (state.pipe && state.pipe != ask.pipe) {
    self->demonitor(state.pipe.address());
    self->send(state.pipe, stop_media{"replaced"});
  }
  state.pipe = ask.pipe;
  state.stream_id = ask.stream_id;
  self->monitor(ask.pipe);
  if (state.phase < call_phase::talking) {
    state.phase = call_phase::talking;
    state.phase_since_ms = to_unix_ms(ports.clock());
  }
  if (state.answered_at_ms == 0)
    state.answered_at_ms = to_unix_ms(ports.clock());
  note(self, ports, "media_opened", "{}");
  auto promise = self->make_response_promise<media_plan>();
  bring_agent(self, ports, [self, promise](caf::error failure) mutable {
    if (failure)
      promise.deliver(std::move(failure));
    else
      promise.deliver(self->state.agent->plan(self->state.transcript.turns()));
  });
  return promise;
}

caf::result<tool_answer> use_tool(self_t self,
                                  const call_options& options,
                                  const call_ports& ports,
                                  const tool_called& ask) {
  auto& state = self->state;
  if (!state.agent || ++state.tool_calls > options.tool_calls_max)
    return tool_answer{R"({"ok":false,"error":"no more tools in this call"})", false};
  auto effect = state.agent->use_tool(ask, state.transcript.caller_said_last());
  tool_answer answer{std::move(effect.output), effect.end_call};
  if (effect.action_kind.empty())
    return answer;
  auto promise = self->make_response_promise<tool_answer>();
  self->request(ports.rows,
                store_timeout,
                save_action{state.tenant,
                            state.id,
                            ask.tool_call_id,
                            effect.action_kind,
                            effect.arguments})
      .then([promise, answer](bool) mutable { promise.deliver(std::move(answer)); },
            [promise](const caf::error&) mutable {
              promise.deliver(
                  tool_answer{R"({"ok":false,"error":"could not be saved"})", false});
            });
  return promise;
}

bool is_final(const std::string& status) {
  return status != "queued" && status != "dialing" && status != "ringing" &&
         status != "in_progress";
}

bool is_machine(const std::string& answered_by) {
  return answered_by.starts_with("machine") || answered_by == "fax";
}

void on_progress(self_t self, const call_ports& ports, const call_progressed& hint) {
  auto& state = self->state;
  // A final event that had its effect before was committed by another node, or its hint
  // got lost: the row is settled all the same.
  const bool settled =
      hint.effect == progress_effect::duplicate || hint.effect == progress_effect::stale;
  if (hint.effect == progress_effect::ended || (settled && is_final(hint.status))) {
    finish(self, ports, hint.status);
    return;
  }
  if (hint.effect == progress_effect::ghost) {
    end(self, ports, "given_up");
    return;
  }
  if (!settled)
    state.status = hint.status;
  if (is_machine(hint.answered_by))
    end(self, ports, "voicemail");
  if (state.phase < call_phase::placed)
    return; // the answer to create-call is still on its way
  state.phase_since_ms = to_unix_ms(ports.clock());
  if (hint.status == "in_progress" && state.answered_at_ms == 0)
    state.answered_at_ms = state.phase_since_ms;
}

void on_media_closed(self_t self, const call_ports& ports, const media_closed& gone) {
  auto& state = self->state;
  if (gone.stream_id != state.stream_id || !state.pipe)
    return;
  self->demonitor(state.pipe.address());
  state.pipe = nullptr;
  state.phase_since_ms = to_unix_ms(ports.clock());
  note(self,
       ports,
       "media_closed",
       R"({"reason":")" + gone.reason + R"(","frames_in":)" +
           std::to_string(gone.frames_in) + R"(,"frames_out":)" +
           std::to_string(gone.frames_out) + "}");
  write_turns(self, ports);
  if (gone.reason != "carrier_closed")
    end(self, ports, gone.reason);
}

status_report report_of(const call_state& state) {
  status_report report;
  caf::put(report, "phase", to_string(state.phase));
  caf::put(report, "status", state.status);
  caf::put(report, "ending", state.ending);
  caf::put(report, "turns", state.transcript.turns().size());
  caf::put(report, "media", static_cast<bool>(state.pipe));
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

call_actor::behavior_type
behavior_of(self_t self, const call_options& options, const call_ports& ports) {
  self->state.transcript = transcript_log{options.turns_max};
  self->state.covered_s = options.first_hold.count();
  self->state.phase_since_ms = to_unix_ms(ports.clock());
  self->set_down_handler([self, ports](const caf::down_msg& down) {
    // The media side died without a word; the caller must not hang in silence.
    if (self->state.pipe && self->state.pipe.address() == down.source)
      on_media_closed(self, ports, {self->state.stream_id, "media_failed", 0, 0});
  });
  self->delayed_anon_send(self, tick, call_tick{});
  return {
      [self, ports](const attach_media& ask) { return attach(self, ports, ask); },
      [self, ports](const turn_heard& turn) {
        self->state.transcript.hear(
            turn.item, turn.role, turn.text, to_unix_ms(ports.clock()));
      },
      [self, options, ports](const tool_called& ask) {
        return use_tool(self, options, ports, ask);
      },
      [self, ports](const open_text& ask) { return open_talk(self, ports, ask); },
      [self, ports](const hear_text& ask) { return go_on_talking(self, ports, ask); },
      [self, ports](const media_event& event) {
        note(self, ports, event.kind, event.detail);
      },
      [self, ports](const media_closed& gone) { on_media_closed(self, ports, gone); },
      [self, ports](const call_progressed& hint) { on_progress(self, ports, hint); },
      [self, ports](const end_call& ask) { return end(self, ports, ask.reason); },
      [self, options, ports](const call_tick&) {
        look_at_timers(self, options, ports);
        if (self->state.phase != call_phase::over)
          self->delayed_anon_send(self, tick, call_tick{});
      },
      [self](const get_status&) { return report_of(self->state); },
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

call_actor::behavior_type
dialed_call(self_t self, start_call order, call_options options, call_ports ports) {
  auto& state = self->state;
  state.tenant = order.tenant;
  state.id = order.call.id;
  state.campaign = order.call.campaign;
  state.told = order.told;
  state.max_call_s = order.call.max_call_s;
  auto behavior = behavior_of(self, options, ports);
  dial(self, order, options, ports);
  return behavior;
}

call_actor::behavior_type
resumed_call(self_t self, call_sheet sheet, call_options options, call_ports ports) {
  auto& state = self->state;
  state.tenant = sheet.tenant;
  state.id = sheet.id;
  state.campaign = sheet.campaign;
  state.provider_call_id = sheet.provider_call_id;
  state.max_call_s = sheet.max_call_s;
  state.holds = sheet.holds;
  state.answered_at_ms = sheet.answered_at_ms;
  state.status = sheet.status;
  state.phase = call_phase::placed;
  state.agent = ports.make_agent(sheet);
  auto behavior = behavior_of(self, options, ports);
  state.covered_s += hold_step_s * (sheet.holds - 1);
  // Everything else waits: who goes on talking has to know what was said.
  self->request(ports.rows, store_timeout, load_turns{state.tenant, state.id})
      .await(
          [self](std::vector<transcript_turn>& turns) {
            self->state.transcript.go_on_after(std::move(turns));
          },
          [](const caf::error&) {}); // goes on without what was said before
  return behavior;
}

} // namespace caly
