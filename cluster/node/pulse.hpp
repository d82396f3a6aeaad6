#pragma once

#include "runtime/observe/spawn.hpp"
#include "runtime/observe/status.hpp"
#include "runtime/supervision/watchdog.hpp"

#include <memory>

namespace caly {

/// Time to beat again.
struct pulse_beat {
  template <class Inspector>
  friend auto inspect(Inspector& f, pulse_beat&) {
    return f(caf::meta::type_name("caly.pulse_beat"));
  }
};

using pulse_actor = caf::typed_actor<caf::reacts_to<pulse_beat>,
                                     caf::replies_to<get_status>::with<status_report>>;

struct pulse_state {
  std::uint64_t beats_total = 0;
};

/// The PULSE shows the watchdog that the shared scheduler and the actor clock work.
pulse_actor::behavior_type pulse(self_ptr<pulse_actor, pulse_state> self,
                                 std::shared_ptr<watchdog> watched_by,
                                 std::chrono::milliseconds every);

} // namespace caly
