#pragma once

#include "actors/api/call.hpp"
#include "actors/api/cluster_store.hpp"
#include "actors/api/dial_scheduler.hpp"
#include "actors/api/tenant.hpp"

namespace caly {

/// What the node owns from now on, and where the other nodes are. Replaces what was said
/// before. Empty while the node is cut off from the database.
struct own_shards {
  std::vector<shard_row> mine;
  std::vector<shard_row> others;

  template <class Inspector>
  friend auto inspect(Inspector& f, own_shards& x) {
    return f(caf::meta::type_name("caly.own_shards"), x.mine, x.others);
  }
};

/// A link to another node came up (`region` is that node's) or went down (null).
struct peer_changed {
  node_identity peer;
  caf::actor region;

  template <class Inspector>
  friend auto inspect(Inspector& f, peer_changed& x) {
    return f(caf::meta::type_name("caly.peer_changed"), x.peer, x.region);
  }
};

/// The REGION of a node runs the tenants of the shards it owns, and the dial scheduler
/// when that is its own, and passes what is meant for others on to their owners.
using region_actor =
    caf::typed_actor<caf::reacts_to<own_shards>,
                     caf::reacts_to<peer_changed>,
                     caf::reacts_to<wake_tenant>,
                     // To the scheduler, on whatever node it is.
                     caf::reacts_to<line_demand>,
                     // From it to the tenant.
                     caf::reacts_to<line_limit>,
                     // Of the scheduler; errors: `unavailable`.
                     caf::replies_to<get_line_shares>::with<line_share_list>,
                     // Errors: those of the tenant, and `unavailable`
                     // when its owner does not answer.
                     caf::replies_to<place_single_call>::with<call_id>,
                     // The call's actor on the node that is named. Errors: `not_found`,
                     // `unavailable` (that node cannot be reached).
                     caf::replies_to<find_call>::with<call_actor>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
