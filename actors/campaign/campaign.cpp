#include "actors/campaign/campaign.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/outage_log.hpp"

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
                   const std::string& statement,
                   std::vector<record_argument> arguments) {
  auto& state = self->state;
  state.busy = true;
  self->request(ports.records,
                store_timeout,
                run_record{state.tenant, statement, std::move(arguments), 0})
      .then(
          [self, statement](const record_answer& answer) {
            self->state.busy = false;
            const auto row = json::parse(answer.json);
            if (row && !(*row)["finished"].bool_or(true)) {
              // A row is still open somewhere; the next timer asks again.
              self->state.pace.woken();
              return;
            }
            spdlog::info("campaign: {} campaign={} tenant={}",
                         statement,
                         self->state.id.str(),
                         self->state.tenant.str());
            self->quit();
          },
          [self, statement](const caf::error& err) {
            self->state.busy = false;
            if (err == errc::conflict || err == errc::not_found) {
              self->quit(); // somebody else changed it first
              return;
            }
            warn_failed(err,
                        "campaign: {} not done campaign={}",
                        statement,
                        self->state.id.str());
          });
}

void arm(self_t self, std::int64_t now_ms) {
  const auto due = self->state.pace.wait_until_ms();
  const auto delay = due > now_ms ? std::min(due - now_ms, look_again_ms) : look_again_ms;
  self->delayed_anon_send(
      self,
      std::chrono::milliseconds{std::max<std::int64_t>(delay, 5)},
      wake_tenant{self->state.tenant, "tick:" + std::to_string(++self->state.tick)});
}

void step(self_t self, const campaign_ports& ports) {
  auto& state = self->state;
  const auto now_ms = to_unix_ms(ports.clock());
  if (state.busy) {
    arm(self, now_ms); // the change may fail
    return;
  }
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
    change_status(
        self, ports, "campaigns.finish", {state.id.str(), to_rfc3339(ports.clock())});
    break;
  case campaign_step::pause:
    spdlog::warn("campaign: pausing campaign={} tenant={} reason={}",
                 state.id.str(),
                 state.tenant.str(),
                 state.pace.pause_reason());
    change_status(
        self,
        ports,
        "campaigns.pause",
        {state.id.str(), "system", state.pace.pause_reason(), to_rfc3339(ports.clock())});
    break;
  case campaign_step::stand_down:
    self->quit();
    return;
  }
  arm(self, now_ms);
}

} // namespace

campaign_actor::behavior_type campaign(self_t self,
                                       tenant_id tenant,
                                       campaign_id id,
                                       campaign_plan plan,
                                       campaign_ports ports) {
  self->state.tenant = tenant;
  self->state.id = id;
  self->state.pace = pacing{plan};
  // Without its tenant nobody answers what it wants; the next tenant starts it again.
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->monitor(ports.tenant);
  if (ports.forecaster)
    self->send(ports.forecaster, keep_forecast{tenant, id});
  step(self, ports);
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
