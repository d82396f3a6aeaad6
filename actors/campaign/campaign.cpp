#include "actors/campaign/campaign.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto store_timeout = 10s;
/// Rows may change without a hint reaching us; look at least this often.
constexpr std::int64_t look_again_ms = 2000;

using self_t = self_ptr<campaign_actor, campaign_state>;

void step(self_t self, const campaign_ports& ports);

/// Runs a guarded status change; a campaign in another state by now is left alone.
void change_status(self_t self,
                   const campaign_ports& ports,
                   std::string statement,
                   std::string reason) {
  auto& state = self->state;
  state.busy = true;
  std::vector<record_argument> arguments{state.id.sql()};
  if (!reason.empty())
    arguments.push_back(reason);
  self->request(ports.records,
                store_timeout,
                run_record{state.tenant, statement, std::move(arguments), 0})
      .then(
          [self, statement, reason](const record_answer& answer) {
            self->state.busy = false;
            if (answer.rows == 0) {
              // Not yet: a row is still open somewhere. The next timer asks again.
              self->state.pace.woken();
              return;
            }
            spdlog::info("campaign: {} campaign={} tenant={} reason={}",
                         statement,
                         self->state.id.str(),
                         self->state.tenant.str(),
                         reason);
            self->quit();
          },
          [self](const caf::error& err) {
            self->state.busy = false;
            spdlog::warn("campaign: status not changed campaign={} reason={}",
                         self->state.id.str(),
                         to_string(err));
          });
}

void arm(self_t self, std::int64_t now_ms) {
  const auto due = self->state.pace.wait_until_ms();
  const auto delay = due > now_ms ? std::min(due - now_ms, look_again_ms) : look_again_ms;
  self->delayed_anon_send(self,
                          std::chrono::milliseconds{std::max<std::int64_t>(delay, 5)},
                          wake_tenant{self->state.tenant,
                                      "tick:" + std::to_string(++self->state.tick)});
}

void step(self_t self, const campaign_ports& ports) {
  auto& state = self->state;
  if (state.busy || !state.loaded)
    return;
  const auto now_ms = to_unix_ms(ports.clock());
  switch (state.pace.next(now_ms)) {
  case campaign_step::dial: {
    const auto wants = state.pace.wants();
    state.pace.asked(wants);
    for (std::uint32_t i = 0; i < wants; ++i)
      self->send(ports.tenant, want_dial{state.id});
    break;
  }
  case campaign_step::wait:
    break;
  case campaign_step::finish:
    change_status(self, ports, "campaign_finish", {});
    break;
  case campaign_step::pause:
    change_status(self, ports, "campaign_auto_pause", state.pace.pause_reason());
    break;
  case campaign_step::stand_down:
    self->quit();
    return;
  }
  arm(self, now_ms);
}

void load(self_t self, const campaign_ports& ports) {
  self->request(ports.records,
                store_timeout,
                run_record{self->state.tenant, "campaign_plan", {self->state.id.sql()}, 0})
      .then(
          [self, ports](const record_answer& answer) {
            const auto sheet = json::parse(answer.json);
            if (!sheet || (*sheet)["status"].text_or("") != "running") {
              self->quit();
              return;
            }
            campaign_plan plan;
            plan.concurrency =
                static_cast<std::uint32_t>((*sheet)["concurrency"].int_or(1));
            plan.breaker_window =
                static_cast<std::uint32_t>((*sheet)["breaker_window"].int_or(20));
            plan.breaker_ratio = (*sheet)["breaker_ratio"].as_double().value_or(0.5);
            self->state.pace = pacing{plan};
            self->state.loaded = true;
            step(self, ports);
          },
          [self](const caf::error& err) {
            // The tenant starts campaigns that are running again when it looks next.
            spdlog::warn("campaign: cannot load campaign={} reason={}",
                         self->state.id.str(),
                         to_string(err));
            self->quit();
          });
}

} // namespace

campaign_actor::behavior_type
campaign(self_t self, tenant_id tenant, campaign_id id, campaign_ports ports) {
  self->state.tenant = tenant;
  self->state.id = id;
  load(self, ports);
  return {
      [self, ports](const dial_result& result) {
        auto& state = self->state;
        state.granted_total += result.granted;
        state.pace.answered(result.granted,
                            result.refused,
                            result.stop,
                            result.wait_until_ms,
                            to_unix_ms(ports.clock()));
        step(self, ports);
      },
      [self, ports](const call_finished& done) {
        self->state.pace.finished(done.status);
        step(self, ports);
      },
      [self, ports](const wake_tenant& hint) {
        if (hint.why.starts_with("tick:")) {
          if (hint.why != "tick:" + std::to_string(self->state.tick))
            return;
        } else {
          self->state.pace.woken();
        }
        step(self, ports);
      },
      [self](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "campaign", state.id.str());
        caf::put(report, "live", state.pace.live());
        caf::put(report, "wanted", state.pace.wanted());
        caf::put(report, "last_stop", to_string(state.pace.last_stop()));
        caf::put(report, "wait_until_ms", state.pace.wait_until_ms());
        caf::put(report, "granted_total", state.granted_total);
        return report;
      },
  };
}

} // namespace caly
