#include "cluster/node/pulse.hpp"

namespace caly {

pulse_actor::behavior_type pulse(self_ptr<pulse_actor, pulse_state> self,
                                 std::shared_ptr<watchdog> watched_by,
                                 std::chrono::milliseconds every) {
  self->send(pulse_actor{self}, pulse_beat{});
  return {
      [=](const pulse_beat& again) {
        ++self->state.beats_total;
        watched_by->sign();
        self->delayed_anon_send(self, every, again);
      },
      [=](const get_status&) {
        status_report report;
        caf::put(report, "beats_total", self->state.beats_total);
        return report;
      },
  };
}

} // namespace caly
