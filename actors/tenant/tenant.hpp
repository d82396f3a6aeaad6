#pragma once

#include "actors/api/call.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/insight.hpp"
#include "actors/api/records.hpp"
#include "actors/api/region.hpp"
#include "actors/api/tenant.hpp"
#include "actors/tenant/lines.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <set>

namespace caly {

struct tenant_options {
  std::string provider = "twilio";
  std::string default_from;
  std::chrono::milliseconds reconcile_interval{10'000};
  /// A placed call older than its limit plus this is asked about at the provider.
  std::chrono::milliseconds ring_timeout{30'000};
  std::uint32_t batch_max = 64;
};

struct tenant_ports {
  dial_store_actor store;
  records_actor records;
  calls_actor calls;
  carrier_book carriers;
  insight_actor insight;
  call_store_actor call_rows;
  region_actor region; ///< knows where the dial scheduler is; null: there is none
  wall_clock clock;
  /// Starts the actor of a running campaign as a child of `parent`.
  /// `row` is the campaign's line of the record statement `campaigns.work`.
  std::function<campaign_actor(caf::local_actor& parent,
                               const tenant_id&,
                               const campaign_id&,
                               const json& row,
                               const tenant_actor&)>
      start_campaign;
};

struct tenant_state {
  struct tended_call {
    call_id call;
    campaign_id campaign;
  };

  tenant_id id;
  fence_token owner;
  tenant_lines lines;
  std::uint32_t guaranteed = 0; ///< lines of the system, see `line_demand`
  std::uint32_t weight = 1;
  std::map<campaign_id, campaign_actor> campaigns;
  std::set<call_id> live_calls;
  std::map<caf::actor_addr, tended_call> tended; ///< by the actor that tends it
  std::vector<dial_batch> unanswered; ///< reservations whose outcome is not known yet
  bool flush_due = false;
  bool waits = false;         ///< a dial found no free line since the last report
  bool told_waits = false;    ///< the last report said so
  bool told_anything = false; ///< or that there are calls
  bool looking = false;       ///< campaigns are being read
  std::uint32_t idle_ticks = 0;
  std::uint64_t reserved_total = 0;
  std::uint64_t finished_total = 0;
  std::uint64_t reconciled_total = 0;
  std::uint64_t lost_total = 0;
};

/// Spawned by the region for a tenant of a shard it owns. Quits with `errc::fenced` when
/// another node owns the shard by now, normally when there is nothing left to do.
tenant_actor::behavior_type tenant(self_ptr<tenant_actor, tenant_state> self,
                                   tenant_id id,
                                   fence_token owner,
                                   tenant_options options,
                                   tenant_ports ports);

} // namespace caly
