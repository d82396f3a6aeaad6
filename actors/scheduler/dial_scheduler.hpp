#pragma once

#include "actors/api/records.hpp"
#include "actors/api/region.hpp"
#include "actors/scheduler/line_shares.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

namespace caly {

struct dial_scheduler_ports {
  records_actor records;
  region_actor region; ///< takes the limits to the tenants, wherever they are
  wall_clock clock;
};

struct dial_scheduler_state {
  line_shares shares;
  std::optional<std::uint32_t> lines; ///< the system's, as the rows say
  std::uint64_t rounds = 0;
  bool reading = false;
  std::uint64_t limits_total = 0;
};

/// Spawned by the region that owns the scheduler's shard.
dial_scheduler_actor::behavior_type
dial_scheduler(self_ptr<dial_scheduler_actor, dial_scheduler_state> self,
               dial_scheduler_ports ports);

} // namespace caly
