#include "actors/call/ending.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/session.hpp"
#include "actors/call/transfer.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

/// A call does not go on for long because its rows do not answer.
constexpr auto reason_timeout = 1s;

void hang_up(self_t self) {
  auto& state = self->state;
  const auto& carrier = self->ports().carriers.of(state.provider);
  if (state.provider_call_id.empty() || state.phase < call_phase::placed ||
      !carrier.traits.hangs_up)
    return;
  self->request(carrier.actor,
                15s,
                hang_up_call{state.tenant, state.id, state.provider_call_id})
      .then([](bool) {},
            [self](const caf::error& err) {
              warn_failed(err, "call: hang-up failed call={}", self->state.id.str());
            });
}

/// `then` runs once the row has it, or does not answer.
template <class F>
void write_reason(self_t self, const std::string& reason, F then) {
  auto& state = self->state;
  state.ending = reason;
  self->request(self->ports().records,
                reason_timeout,
                run_record{state.tenant, "calls.end_reason", {state.id.str(), reason}, 0})
      .then([then](const record_answer&) { then(); },
            [then](const caf::error&) { then(); });
}

void leave_line(self_t self, const std::string& reason) {
  if (self->state.phase == call_phase::over)
    return;
  if (self->state.pipe)
    self->send(self->state.pipe, stop_media{reason});
  hang_up(self);
}

} // namespace

void give_reason(self_t self, const std::string& reason) {
  if (self->state.ending.empty())
    write_reason(self, reason, [] {});
}

void finish(self_t self, const std::string& status) {
  auto& state = self->state;
  if (state.phase == call_phase::over)
    return;
  state.phase = call_phase::over;
  state.status = status;
  end_transfer(self);
  if (state.pipe)
    self->send(state.pipe, stop_media{"call_ended"});
  if (state.told)
    self->send(state.told, call_finished{state.id, state.campaign, status});
  const auto talked = !state.transcript.turns().empty();
  const auto leave = [self, talked] {
    if (talked)
      self->send(self->ports().insight, analyse_call{self->state.tenant, self->state.id});
    self->quit();
  };
  write_turns(self, [self, leave](const caf::error& failed) {
    if (failed && failed != errc::fenced)
      spdlog::error("call: last words not written call={} reason={}",
                    self->state.id.str(),
                    to_string(failed));
    leave();
  });
}

bool end(self_t self, const std::string& reason) {
  auto& state = self->state;
  if (state.phase == call_phase::over)
    return false;
  // The carrier may say that the call is over before a reason under way is in its row.
  if (state.ending.empty())
    write_reason(self, reason, [self, reason] { leave_line(self, reason); });
  else
    leave_line(self, reason);
  return true;
}

void end_without_media(self_t self, const std::string& reason) {
  auto& state = self->state;
  if (state.session == 0) {
    end(self, reason);
    return;
  }
  state.media_end.clear();
  const auto session = state.session;
  self->request(self->ports().rows,
                store_timeout,
                end_session{state.tenant, state.id, session, reason})
      .then(
          [self, reason](bool) {
            if (self->state.ending.empty())
              self->state.ending = reason;
            hang_up(self);
          },
          [self, session, reason](const caf::error& failure) {
            auto& state = self->state;
            if (state.session != session || state.pipe)
              return; // spoken in again since
            if (failure == errc::fenced)
              lose_session(self);
            else
              state.media_end = reason; // tried again by the next tick
          });
}

} // namespace caly
