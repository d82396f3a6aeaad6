#include "actors/call/dialing.hpp"

#include "actors/call/call_self.hpp"
#include "actors/call/ending.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = call_self*;

constexpr auto store_timeout = 10s;

void enter(self_t self, call_phase phase) {
  if (self->state.phase >= phase)
    return;
  self->state.phase = phase;
  self->state.phase_since_ms = to_unix_ms(self->now());
}

void on_recorded(self_t self, const record_answered& said, const std::string& state) {
  if (self->state.phase == call_phase::over)
    return;
  if (state == "placed") {
    enter(self, call_phase::placed);
    // Someone wanted the call ended while it was being placed.
    if (!self->state.ending.empty())
      caf::anon_send(call_actor{self}, end_call{self->state.ending});
  } else if (state == "ghost") {
    // Given up while it was being placed: it rings, but nobody waits for it.
    enter(self, call_phase::placed);
    caf::anon_send(call_actor{self}, end_call{"given_up"});
  } else if (state == "reserved") {
    finish(self, "never_sent");
  } else if (state == "not_placed") {
    finish(self, said.result == create_result::throttled ? "never_sent" : "refused");
  } else if (state == "ended" || state == "lost") {
    finish(self, self->state.status);
  }
  // unknown: the reconciler finds out; permits stay held.
}

void record(self_t self, record_answered said) {
  self->request(self->ports().store, store_timeout, said)
      .then([self, said](const std::string& state) { on_recorded(self, said, state); },
            [self, said](const caf::error& err) {
              // The row still says `sending`; webhooks and the reconciler go by it.
              warn_failed(err,
                          "call: answer not recorded call={} result={}",
                          self->state.id.str(),
                          to_string(said.result));
              // A definite no stays one: the line is free, whatever the row says for now.
              if (said.result == create_result::throttled)
                finish(self, "never_sent");
              else if (said.result == create_result::refused)
                finish(self, "refused");
            });
}

void send_once(self_t self, const start_call& order, std::int64_t not_after_ns) {
  enter(self, call_phase::sending);
  place_call create;
  create.tenant = order.tenant;
  create.call = order.call.id;
  create.to = order.call.to;
  create.from = order.call.from;
  create.ring_timeout_s = static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(self->options().ring_timeout)
          .count());
  create.max_call_s = order.call.max_call_s;
  create.detect_voicemail = true;
  create.variables = order.call.variables;
  create.not_after_ns = not_after_ns;
  create.correlation_id = self->stats().label.correlation_id;
  self->request(self->ports().carriers.of(order.provider).actor,
                self->options().create_timeout + 5s,
                std::move(create))
      .then(
          [self](const placed_call& answer) {
            auto& state = self->state;
            if (!answer.provider_call_id.empty())
              state.provider_call_id = answer.provider_call_id;
            record(self,
                   {state.tenant,
                    state.id,
                    answer.result,
                    answer.provider_call_id,
                    answer.reason,
                    answer.retry_after_s});
          },
          [self](const caf::error& err) {
            // Never sent again: only the provider knows now.
            record(self,
                   {self->state.tenant,
                    self->state.id,
                    create_result::unknown,
                    {},
                    to_string(err),
                    0});
          });
}

/// What others, on any node, found out about the call.
void ask_rows(self_t self) {
  self->request(self->ports().rows,
                store_timeout,
                load_call{self->state.tenant, self->state.id})
      .then(
          [self](const call_sheet& sheet) {
            auto& state = self->state;
            if (sheet.state == "ended" || sheet.state == "lost" ||
                sheet.state == "not_placed") {
              finish(self, sheet.status);
              return;
            }
            if (sheet.state != "placed" || state.phase == call_phase::over)
              return;
            if (state.provider_call_id.empty())
              state.provider_call_id = sheet.provider_call_id;
            enter(self, call_phase::placed);
            if (!state.ending.empty())
              caf::anon_send(call_actor{self}, end_call{state.ending});
          },
          [](const caf::error&) {}); // asked again by the next tick
}

} // namespace

void dial(self_t self, const start_call& order) {
  // The fuse burns from before the row says `sending`, so that a frozen process never
  // sends what somebody else has given up.
  const auto not_after = self->boot_now() + self->options().fuse;
  const auto not_after_ns = not_after.time_since_epoch().count();
  self->request(self->ports().store,
                store_timeout,
                mark_sending{order.tenant, order.owner, {order.call.id}})
      .then(
          [=](const sendable_calls& sendable) {
            if (sendable.calls.empty())
              finish(self, "never_sent");
            else
              send_once(self, order, not_after_ns);
          },
          [self](const caf::error& err) {
            // Whether the row says `sending` is not known, so nothing is sent; the row is
            // undone or reconciled by the shard's owner.
            warn_failed(err, "call: not marked call={}", self->state.id.str());
            record(self,
                   {self->state.tenant,
                    self->state.id,
                    create_result::throttled,
                    {},
                    "never_sent",
                    1});
          });
}

void ask_carrier(self_t self) {
  auto& state = self->state;
  state.asked_at_ms = to_unix_ms(self->now());
  if (state.provider_call_id.empty()) {
    // Only the reconciler can look by number and time; what it found is in the rows.
    ask_rows(self);
    return;
  }
  doubtful_call call;
  call.id = state.id;
  call.state = "placed";
  call.provider_call_id = state.provider_call_id;
  self->request(self->ports().carriers.of(state.provider).actor,
                20s,
                look_up_call{state.tenant, call})
      .then(
          [self](const looked_up_call& found) {
            if (!found.found)
              return;
            record_progress event{self->state.tenant,
                                  self->state.id,
                                  "asked:" + found.status,
                                  found.provider_call_id,
                                  found.status,
                                  found.duration_s,
                                  found.answered_by,
                                  found.at_ms > 0 ? found.at_ms
                                                  : to_unix_ms(self->now())};
            call_progressed hint{self->state.id, found.status, {}, found.answered_by};
            self->request(self->ports().store, store_timeout, std::move(event))
                .then(
                    [self, hint](const progress_answer& answer) mutable {
                      hint.effect = answer.effect;
                      self->send(call_actor{self}, hint);
                    },
                    [](const caf::error&) {}); // asked again by the next tick
          },
          [](const caf::error&) {}); // asked again by the next tick
}

} // namespace caly
