#include "actors/scheduler/dial_scheduler.hpp"

#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<dial_scheduler_actor, dial_scheduler_state>;

/// Demands of one round are answered together.
constexpr auto round_time = 100ms;
constexpr std::uint64_t rounds_a_turn = 10;
constexpr std::uint64_t rounds_a_look = 20;
constexpr auto store_timeout = 5s;

void look(self_t self, const dial_scheduler_ports& ports) {
  auto& state = self->state;
  if (state.reading)
    return;
  state.reading = true;
  self->request(ports.records, store_timeout, run_record{{}, "permits.system", {}, 0})
      .then(
          [self](const record_answer& answer) {
            self->state.reading = false;
            if (const auto pool = json::parse(answer.json))
              self->state.lines = static_cast<std::uint32_t>((*pool)["cap"].int_or(0));
          },
          [self](const caf::error& err) {
            self->state.reading = false;
            spdlog::warn("dial_scheduler: cannot read the lines reason={}",
                         to_string(err));
          });
}

void play_round(self_t self, const dial_scheduler_ports& ports) {
  auto& state = self->state;
  if (state.rounds++ % rounds_a_look == 0)
    look(self, ports);
  if (!state.lines)
    return;
  const auto limits = state.shares.plan(
      *state.lines, state.rounds / rounds_a_turn, to_unix_ms(ports.clock()));
  for (const auto& limit : limits)
    self->send(ports.region, limit);
  state.limits_total += limits.size();
}

} // namespace

dial_scheduler_actor::behavior_type dial_scheduler(self_t self,
                                                   dial_scheduler_ports ports) {
  self->delayed_anon_send(self, round_time, scheduler_tick{});
  return {
      [self, ports](const line_demand& demand) {
        self->state.shares.report(demand, to_unix_ms(ports.clock()));
      },
      [self, ports](const scheduler_tick&) {
        play_round(self, ports);
        self->delayed_anon_send(self, round_time, scheduler_tick{});
      },
      [self, ports](const get_line_shares&) {
        const auto& state = self->state;
        return line_share_list{state.lines.value_or(0),
                               state.shares.level(),
                               state.shares.list(to_unix_ms(ports.clock()))};
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "lines", state.lines.value_or(0));
        caf::put(report, "level", state.shares.level());
        caf::put(report, "tenants", state.shares.tenants());
        caf::put(report, "waiting", state.shares.waiting());
        caf::put(report, "limits_total", state.limits_total);
        return report;
      },
  };
}

} // namespace caly
