#include "actors/call/bring_agent.hpp"

#include "runtime/base/error.hpp"

namespace caly {

using namespace std::chrono_literals;

void bring_agent(self_ptr<call_actor, call_state> self,
                 const call_ports& ports,
                 std::function<void(caf::error)> then) {
  if (self->state.agent)
    return then({});
  self->request(ports.rows, 10s, load_call{self->state.tenant, self->state.id})
      .then(
          [self, ports, then](const call_sheet& sheet) {
            auto& state = self->state;
            state.max_call_s = sheet.max_call_s;
            if (!state.agent)
              state.agent = ports.make_agent(sheet);
            then(state.agent ? caf::error{}
                             : caf::make_error(errc::not_found, "no usable agent"));
          },
          [then](caf::error& failure) { then(std::move(failure)); });
}

} // namespace caly
