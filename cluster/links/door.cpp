#include "cluster/links/door.hpp"

#include "net/auth/hmac.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

namespace caly {

std::string hello_mac(const std::string& secret, const hello& greeting) {
  const auto text = greeting.cluster + '\n' + greeting.from.node + '\n' +
                    std::to_string(greeting.from.incarnation) + '\n' + greeting.to.node +
                    '\n' + std::to_string(greeting.to.incarnation) + '\n' +
                    greeting.nonce;
  return hmac_sha256_hex(secret, text);
}

door_actor::behavior_type
door(self_ptr<door_actor, door_state> self, node_identity id, door_options options) {
  self->state.self = std::move(id);
  return {
      [=](const hello& greeting) -> caf::result<hello_answer> {
        auto& state = self->state;
        const auto known =
            equal_constant_time(hello_mac(options.secret, greeting), greeting.mac);
        if (!known || greeting.cluster != options.cluster || greeting.to != state.self) {
          ++state.refused_total;
          spdlog::warn("door: refused node={} cluster={} reason={}",
                       greeting.from.node,
                       greeting.cluster,
                       !known ? "wrong key" : "not for this node");
          return caf::make_error(errc::forbidden);
        }
        ++state.admitted_total;
        return hello_answer{state.self, options.region, options.console};
      },
      [=](const probe& ask) -> caf::result<node_identity> {
        if (ask.to != self->state.self)
          return caf::make_error(errc::forbidden);
        return self->state.self;
      },
      [=](const new_incarnation& now) { self->state.self = now.id; },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "admitted_total", self->state.admitted_total);
        caf::put(report, "refused_total", self->state.refused_total);
        return report;
      },
  };
}

} // namespace caly
