#include "actors/call/calls.hpp"

#include "actors/call/call_self.hpp"
#include "runtime/base/error.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<calls_actor, calls_state>;

call_actor keep(self_t self,
                const call_id& id,
                call_actor actor,
                tenant_actor told,
                campaign_id campaign) {
  self->monitor(actor);
  self->state.by_address.emplace(actor.address(), id);
  self->state.calls.insert_or_assign(
      id, calls_state::entry{actor, std::move(told), campaign});
  return actor;
}

/// A call that no request asked for is its own beginning.
actor_label label_of(const start_call& order) {
  auto id = order.call.id.str();
  auto wish = order.correlation_id.empty() ? id : order.correlation_id;
  return {"call", std::move(id), order.tenant.str(), std::move(wish)};
}

bool is_live(const std::string& state) {
  return state == "placed" || state == "unknown" || state == "sending";
}

/// Starts an actor from rows for everyone who asked for it meanwhile.
void resume(self_t self,
            const call_options& options,
            const std::shared_ptr<const call_ports>& ports,
            const find_call& ask) {
  self->request(ports->rows, 10s, load_call{ask.tenant, ask.call})
      .then(
          [self, options, ports, ask](call_sheet& sheet) {
            auto waiting = std::move(self->state.loading[ask.call]);
            self->state.loading.erase(ask.call);
            const auto known = self->state.calls.find(ask.call);
            if (known == self->state.calls.end() && !is_live(sheet.state)) {
              for (auto& promise : waiting)
                promise.deliver(caf::make_error(errc::conflict, "the call is over"));
              return;
            }
            if (known == self->state.calls.end()) {
              ++self->state.resumed_total;
              const auto campaign = sheet.campaign;
              keep(self,
                   ask.call,
                   spawn_call(self,
                              {"call", ask.call.str(), ask.tenant.str(), ask.call.str()},
                              std::move(sheet),
                              options,
                              ports),
                   {},
                   campaign);
            }
            for (auto& promise : waiting)
              promise.deliver(self->state.calls.at(ask.call).actor);
          },
          [self, ask](const caf::error& err) {
            auto waiting = std::move(self->state.loading[ask.call]);
            self->state.loading.erase(ask.call);
            for (auto& promise : waiting)
              promise.deliver(err);
          });
}

} // namespace

calls_actor::behavior_type
calls_of_node(self_t self, call_options options, call_ports of_all) {
  const auto ports = std::make_shared<const call_ports>(std::move(of_all));
  self->set_down_handler([self](const caf::down_msg& down) {
    auto& state = self->state;
    const auto address = state.by_address.find(down.source);
    if (address == state.by_address.end())
      return;
    const auto id = address->second;
    state.by_address.erase(address);
    const auto gone = state.calls.extract(id);
    if (!down.reason || gone.empty())
      return;
    // The row keeps its permit until there is evidence; the tenant only learns that this
    // node no longer tends the call.
    ++state.crashed_total;
    spdlog::error(
        "calls: call actor failed call={} reason={}", id.str(), to_string(down.reason));
    if (gone.mapped().told)
      self->send(gone.mapped().told,
                 call_finished{id, gone.mapped().campaign, "crashed"});
  });
  return {
      [=](const find_call& ask) -> caf::result<call_actor> {
        auto& state = self->state;
        if (const auto known = state.calls.find(ask.call); known != state.calls.end())
          return known->second.actor;
        if (!ask.start)
          return caf::make_error(errc::not_found, ask.call.str());
        auto promise = self->make_response_promise<call_actor>();
        auto& waiting = state.loading[ask.call];
        waiting.push_back(promise);
        if (waiting.size() == 1)
          resume(self, options, ports, ask);
        return promise;
      },
      [=](const start_call& order) -> caf::result<call_actor> {
        const auto id = order.call.id;
        if (const auto known = self->state.calls.find(id);
            known != self->state.calls.end())
          return known->second.actor;
        ++self->state.started_total;
        return keep(self,
                    id,
                    spawn_call(self, label_of(order), order, options, ports),
                    order.told,
                    order.call.campaign);
      },
      [=](const call_progressed& hint) {
        if (const auto known = self->state.calls.find(hint.call);
            known != self->state.calls.end())
          self->send(known->second.actor, hint);
      },
      [=](const transfer_progressed& news) {
        if (const auto known = self->state.calls.find(news.call);
            known != self->state.calls.end())
          self->send(caf::actor_cast<call_desk_actor>(known->second.actor), news);
      },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "calls", state.calls.size());
        caf::put(report, "started_total", state.started_total);
        caf::put(report, "resumed_total", state.resumed_total);
        caf::put(report, "crashed_total", state.crashed_total);
        return report;
      },
  };
}

} // namespace caly
