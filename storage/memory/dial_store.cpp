#include "storage/memory/dial_store.hpp"

namespace caly::memory {

dial_store_actor::behavior_type
dial_store(self_ptr<dial_store_actor, dial_store_state> self,
           std::shared_ptr<dial_model> model,
           wall_clock clock) {
  return {
      [=](const reserve_calls& ask) { return model->reserve(ask, clock()); },
      [=](const mark_sending& ask) { return model->mark(ask, clock()); },
      [=](const record_answered& ask) { return model->answered(ask, clock()); },
      [=](const record_progress& ask) {
        return progress_answer{model->progress(ask, clock())};
      },
      [=](const record_missed& ask) { return model->missed(ask, clock()); },
      [=](const take_over_calls& ask) { return model->take_over(ask, clock()); },
      [=](const extend_hold& ask) { return model->extend(ask, clock()); },
      [=](const open_call& ask) { return model->open(ask, clock()); },
      [=](const list_doubtful& ask) { return model->doubtful(ask, clock()); },
      [self, model](const get_status&) {
        status_report report;
        caf::put(report, "system_used", std::int64_t{model->system_used});
        return report;
      },
  };
}

} // namespace caly::memory
