#pragma once

#include "actors/api/records.hpp"
#include "actors/api/region.hpp"
#include "runtime/observe/spawn.hpp"

#include <functional>
#include <map>
#include <unordered_map>

namespace caly {

struct region_ports {
  records_actor records;
  calls_actor calls; ///< of this node
  /// Starts the actor of a tenant as a child of `parent`.
  std::function<tenant_actor(
      caf::local_actor& parent, const tenant_id&, const fence_token&)>
      start_tenant;
  /// Starts the dial scheduler as a child of `parent`, which is also its region.
  std::function<dial_scheduler_actor(caf::local_actor& parent, const region_actor&)>
      start_scheduler;
};

struct region_state {
  struct tenant_entry {
    tenant_actor actor;
    std::int32_t shard = 0;
  };

  region_state() = default;
  region_state(const region_state&) = delete;
  region_state& operator=(const region_state&) = delete;

  /// Who ran under the region ends with it; the next one starts them anew.
  ~region_state();

  std::string node;
  std::map<std::int32_t, std::int64_t> fences;  ///< my shards
  std::map<std::int32_t, node_identity> owners; ///< everybody else's
  std::map<std::string, caf::actor> peers;      ///< regions of linked nodes
  std::unordered_map<tenant_id, tenant_entry> tenants;
  dial_scheduler_actor scheduler; ///< while its shard is ours
  std::int64_t scheduler_fence = 0;
  std::string scheduler_owner; ///< the node that has it otherwise
  bool looking = false;

  struct waiting_call {
    place_single_call ask;
    caf::typed_response_promise<call_id> promise;
    caf::actor_clock::time_point until; ///< then its asker is told
  };

  /// Nobody owns their tenants, or not whom we know of: tried again with each word on the
  /// shards and several times a second.
  std::vector<waiting_call> waiting;
  std::uint64_t not_mine_total = 0;
  std::uint64_t started_total = 0;
  std::uint64_t passed_on_total = 0;
};

/// Spawn one per node, under the node supervisor.
region_actor::behavior_type region_of_node(self_ptr<region_actor, region_state> self,
                                           std::string node,
                                           region_ports ports);

} // namespace caly
