#pragma once

#include "actors/api/cluster_store.hpp"

#include <string_view>
#include <vector>

namespace caly {

/// Which node should own a shard: rendezvous hashing over the nodes that are up, weighted
/// by their capacity from `protocol_level::placement_by_capacity` on, so that a node that
/// comes or goes moves only its own share. Null when no node is up. (Schindelhauer and
/// Schomaker, "Weighted distributed hash tables", 2005: the highest of capacity /
/// -ln(u).)
const node_row* wanted_owner(const shard_name& shard,
                             const std::vector<node_row>& nodes,
                             protocol_level level);

/// Where a shard belongs: at the node that an operator wants, while it is up, else at its
/// `wanted_owner`.
const node_row* place_of(const shard_row& shard, const cluster_view& view);

/// What one node should do about shards, from one view of the cluster.
struct shard_moves {
  std::vector<shard_name> claim;   ///< free or orphaned, and wanted here
  std::vector<shard_name> release; ///< ours, but wanted elsewhere; at most `moves_max`
};

/// `settled` is false shortly after a membership change: then nothing is moved that
/// works, except what an operator wants elsewhere, and by a node that drains, which gives
/// away eight at a time.
shard_moves plan_moves(const node_identity& self,
                       const cluster_view& view,
                       bool settled,
                       std::size_t moves_max);

} // namespace caly
