#include "actors/tenant/reconcile.hpp"

#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<tenant_actor, tenant_state>;

constexpr auto store_timeout = 10s;
constexpr auto carrier_timeout = 20s;

void note_settled(self_t self,
                  const tenant_ports& ports,
                  const call_id& call,
                  const std::string& status) {
  ++self->state.reconciled_total;
  spdlog::info("reconcile: settled call={} tenant={} status={}",
               call.str(),
               self->state.id.str(),
               status);
  self->send(ports.calls, call_progressed{call, status, progress_effect::ended, {}});
}

void record(self_t self,
            const tenant_ports& ports,
            const doubtful_call& call,
            const looked_up_call& found) {
  record_progress event;
  event.tenant = self->state.id;
  event.call = call.id;
  event.key = "reconcile:" + found.status;
  event.provider_call_id = found.provider_call_id;
  event.status = found.status;
  event.duration_s = found.duration_s;
  event.answered_by = found.answered_by;
  event.at_ms = found.at_ms > 0 ? found.at_ms : to_unix_ms(ports.clock());
  self->request(ports.store, store_timeout, std::move(event))
      .then(
          [self, ports, call, found](const progress_answer& answer) {
            if (answer.effect == progress_effect::ended)
              note_settled(self, ports, call.id, found.status);
            else
              self->send(ports.calls,
                         call_progressed{
                             call.id, found.status, answer.effect, found.answered_by});
          },
          [call](const caf::error& err) {
            warn_failed(err, "reconcile: not recorded call={}", call.id.str());
          });
}

void missed(self_t self, const tenant_ports& ports, const doubtful_call& call) {
  // Only an unknown call can be given up; a placed one the provider once confirmed.
  if (call.state != "unknown")
    return;
  self->request(ports.store, store_timeout, record_missed{self->state.id, call.id})
      .then(
          [self, ports, call](const std::string& state) {
            if (state != "lost")
              return;
            ++self->state.lost_total;
            spdlog::warn("reconcile: given up call={} tenant={}",
                         call.id.str(),
                         self->state.id.str());
            note_settled(self, ports, call.id, "lost");
          },
          [call](const caf::error& err) {
            warn_failed(err, "reconcile: not recorded call={}", call.id.str());
          });
}

} // namespace

void reconcile(self_t self, const tenant_ports& ports) {
  self->request(ports.store, store_timeout, list_doubtful{self->state.id})
      .then(
          [self, ports](const doubtful_calls& doubtful) {
            for (const auto& call : doubtful.calls)
              self->request(ports.carriers.of(call.provider).actor,
                            carrier_timeout,
                            look_up_call{self->state.id, call})
                  .then(
                      [self, ports, call](const looked_up_call& found) {
                        if (found.found)
                          record(self, ports, call, found);
                        else
                          missed(self, ports, call);
                      },
                      [call](const caf::error& err) {
                        // No word from the provider is no evidence; the next pass asks.
                        warn_failed(
                            err, "reconcile: provider silent call={}", call.id.str());
                      });
          },
          [self](const caf::error& err) {
            warn_failed(err, "reconcile: cannot list tenant={}", self->state.id.str());
          });
}

} // namespace caly
