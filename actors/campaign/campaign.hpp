#pragma once

#include "actors/api/forecaster.hpp"
#include "actors/api/records.hpp"
#include "actors/api/tenant.hpp"
#include "actors/campaign/pacing.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

namespace caly {

struct campaign_ports {
  records_actor records;
  tenant_actor tenant;
  wall_clock clock;
  forecaster_actor forecaster = {}; ///< null: nothing is predicted
};

/// State lives in rows; this is what one incarnation remembers of its pace.
struct campaign_state {
  tenant_id tenant;
  campaign_id id;
  pacing pace{campaign_plan{}};
  bool busy = false;      ///< a status change is under way at the records
  std::uint64_t tick = 0; ///< only the newest timer counts
  std::uint64_t granted_total = 0;
};

/// Spawned by the tenant for each running campaign; quits normally when it is no longer
/// running.
campaign_actor::behavior_type campaign(self_ptr<campaign_actor, campaign_state> self,
                                       tenant_id tenant,
                                       campaign_id id,
                                       campaign_plan plan,
                                       campaign_ports ports);

} // namespace caly
