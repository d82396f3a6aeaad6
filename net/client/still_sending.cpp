#include "net/client/still_sending.hpp"

#include "runtime/base/json.hpp"

#include <caf/event_based_actor.hpp>

namespace caly {

create_check still_sending(caf::actor_system& system,
                           records_actor records,
                           std::chrono::milliseconds patience) {
  return [&system, records, patience](const tenant_id& tenant, const call_id& call) {
    const run_record question{tenant, "calls.still_sending", {call.str()}, 0};
    return http_check{[&system, records, patience, question](auto answer) {
      system.spawn([=](caf::event_based_actor* self) {
        self->request(records, patience, question)
            .then(
                [answer](const record_answer& found) {
                  const auto row = json::parse(found.json);
                  answer(row && (*row)["sending"].bool_or(false));
                },
                [answer](const caf::error&) { answer(false); });
      });
    }};
  };
}

} // namespace caly
