#include "net/http/bridge.hpp"

#include "runtime/observe/spawn.hpp"

namespace caly {

namespace {

struct gateway_state {};

caf::behavior run_gateway(self_ptr<caf::actor, gateway_state> self) {
  return {
      [self](gateway_job_ptr& job) { job->run(self); },
      [](const get_status&) { return status_report{}; },
  };
}

} // namespace

actor_gateways::actor_gateways(caf::actor_system& sys, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    gateways_.push_back({spawn<caf::actor, gateway_state>(
                             sys, {"net_gateway", std::to_string(i), ""}, run_gateway),
                         std::make_shared<std::atomic<std::size_t>>(0)});
}

void actor_gateways::stop() {
  for (auto& x : gateways_)
    if (x.actor)
      caf::anon_send_exit(std::exchange(x.actor, nullptr),
                          caf::exit_reason::user_shutdown);
}

} // namespace caly
