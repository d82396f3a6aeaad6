#include "actors/call/view.hpp"

#include "actors/call/timers.hpp"
#include "actors/call/transfer.hpp"
#include "runtime/base/json.hpp"

#include <fmt/format.h>

#include <array>

namespace caly {

namespace {

void write_states(json_writer& out, const call_state& state) {
  constexpr std::array phases{call_phase::marking,
                              call_phase::sending,
                              call_phase::placed,
                              call_phase::talking,
                              call_phase::over};
  out.key("states").begin_array();
  for (const auto phase : phases) {
    out.begin_object().field("name", to_string(phase));
    out.field("current", phase == state.phase);
    if (phase == state.phase)
      out.field("since_ms", state.phase_since_ms);
    out.end_object();
  }
  out.end_array();
}

void write_timers(json_writer& out,
                  const call_state& state,
                  const call_options& options,
                  std::int64_t now_ms) {
  out.key("timers").begin_array();
  for (const auto& each : timers_of(state, options, now_ms))
    out.begin_object().field("name", each.name).field("due_ms", each.due_ms).end_object();
  out.end_array();
}

void write_leases(json_writer& out, const call_state& state) {
  const auto lease = [&](const char* name, const std::string& value) {
    out.begin_object().field("name", name).field("value", value).end_object();
  };
  out.key("leases").begin_array();
  lease("permit", state.phase == call_phase::over ? "given back by the rows" : "held");
  lease("carrier_call",
        state.provider_call_id.empty() ? state.provider + ": not known yet"
                                       : state.provider + ' ' + state.provider_call_id);
  lease("credit",
        fmt::format("{} holds, {} s covered, {} s at most",
                    state.holds,
                    state.covered_s,
                    state.max_call_s));
  lease("session",
        state.session > 0 ? std::to_string(state.session) : "nobody speaks from here");
  lease("word",
        state.pipe || state.session > 0 ? to_string(state.speaker) : "not in the talk");
  if (state.transfer)
    lease(
        "transfer",
        fmt::format("{}{}", state.transfer->number, is_leaving(state) ? " leaving" : ""));
  out.end_array();
}

void write_fields(json_writer& out, const call_state& state) {
  out.key("fields").begin_object();
  for (const auto& [name, value] : call_logs::fields_of(state))
    out.field(name, value);
  out.end_object();
}

void write_messages(json_writer& out, const call_logs::call_recorder& recorder) {
  out.key("messages").begin_array();
  for (const auto& each : recorder.history()) {
    out.begin_object().field("n", each.number).field("at_ms", each.at_ms);
    out.field("kind", each.kind).field("did", each.did);
    out.field("changed", each.changed).end_object();
  }
  out.end_array();
}

} // namespace

call_view view_of(const call_self& self) {
  const auto now_ms = to_unix_ms(self.recorder().now());
  json_writer out;
  out.begin_object().field("now_ms", now_ms);
  write_states(out, self.state);
  out.field("mailbox", self.stats().depth());
  write_timers(out, self.state, self.options(), now_ms);
  write_leases(out, self.state);
  write_fields(out, self.state);
  write_messages(out, self.recorder());
  out.end_object();
  return {std::move(out).str()};
}

} // namespace caly
