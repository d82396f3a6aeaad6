#pragma once

#include "actors/api/records.hpp"
#include "runtime/observe/metrics.hpp"
#include "runtime/observe/spawn.hpp"
#include "runtime/observe/status.hpp"

#include <chrono>
#include <filesystem>
#include <vector>

namespace caly {

/// One key of an actor's report under the name that /metrics shows it by. Names that end
/// in `_total` are counters, all others gauges; flags are 0 or 1.
struct reading {
  std::string key;
  std::string metric;
  std::string help;
};

struct metered_actor {
  caf::actor whom;
  std::vector<reading> readings;
  metric_labels labels;
};

struct meter_options {
  std::vector<metered_actor> actors;
  records_actor records;
  std::filesystem::path state_dir; ///< whose free space is shown
  std::chrono::milliseconds every{5000};
  std::chrono::milliseconds rows_every{30'000};
  metric_set* shown_in = &metrics();
};

/// Time to read; `rows` also what only the database knows.
struct meter_tick {
  bool rows = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, meter_tick& x) {
    return f(caf::meta::type_name("caly.meter_tick"), x.rows);
  }
};

using meter_actor = caf::typed_actor<caf::reacts_to<meter_tick>,
                                     caf::replies_to<get_status>::with<status_report>>;

struct meter_state {
  std::uint64_t readings_total = 0;
  std::uint64_t failures_total = 0;
};

/// The METER brings into /metrics what actors report and what rows say, so that alerts
/// see what the console sees.
meter_actor::behavior_type meter(self_ptr<meter_actor, meter_state> self,
                                 meter_options options);

} // namespace caly
