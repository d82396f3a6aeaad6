#include "cluster/membership/placement.hpp"

#include <algorithm>
#include <cmath>

namespace caly {

namespace {

/// FNV-1a with a final mix: the same on every node and build, which std::hash is not.
std::uint64_t hash_of(const shard_name& shard, std::string_view node) {
  std::uint64_t hash = 14695981039346656037ull;
  const auto eat = [&](std::string_view text) {
    for (const auto c : text) {
      hash ^= static_cast<unsigned char>(c);
      hash *= 1099511628211ull;
    }
  };
  eat(shard.kind);
  eat("/");
  eat(std::to_string(shard.id));
  eat("@");
  eat(node);
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdull;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ull;
  return hash ^ hash >> 33;
}

double weight(const shard_name& shard, const node_row& node, protocol_level level) {
  // The upper 53 bits, which a double holds exactly: between 0 and 1, never either.
  const auto u =
      (static_cast<double>(hash_of(shard, node.id.node) >> 11) + 0.5) * 0x1p-53;
  const auto share = level >= protocol_level::placement_by_capacity ? node.capacity : 1;
  return share / -std::log(u);
}

bool takes_shards(const node_row& node) {
  return node.state == "up" && node.lease_ms > 0;
}

bool alive(const node_identity& owner, const std::vector<node_row>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [&](const node_row& node) {
    return node.id == owner && node.lease_ms > 0 && node.state != "dead" &&
           node.state != "left";
  });
}

constexpr std::size_t drained_at_once = 8;

bool drains(const node_identity& self, const std::vector<node_row>& nodes) {
  return std::any_of(nodes.begin(), nodes.end(), [&](const node_row& node) {
    return node.id == self && node.state == "draining";
  });
}

} // namespace

const node_row* wanted_owner(const shard_name& shard,
                             const std::vector<node_row>& nodes,
                             protocol_level level) {
  const node_row* best = nullptr;
  double best_weight = 0;
  for (const auto& node : nodes) {
    if (!takes_shards(node))
      continue;
    const auto its = weight(shard, node, level);
    if (best == nullptr || its > best_weight ||
        (its == best_weight && node.id.node < best->id.node)) {
      best = &node;
      best_weight = its;
    }
  }
  return best;
}

const node_row* place_of(const shard_row& shard, const cluster_view& view) {
  const auto& nodes = view.nodes;
  const auto asked = std::find_if(nodes.begin(), nodes.end(), [&](const node_row& node) {
    return node.id.node == shard.wanted && takes_shards(node);
  });
  return asked != nodes.end() ? &*asked
                              : wanted_owner({shard.kind, shard.id}, nodes, view.level);
}

shard_moves plan_moves(const node_identity& self,
                       const cluster_view& view,
                       bool settled,
                       std::size_t moves_max) {
  shard_moves moves;
  std::vector<shard_name> unasked;
  if (drains(self, view.nodes)) {
    settled = true;
    moves_max = drained_at_once;
  }
  for (const auto& shard : view.shards) {
    const shard_name name{shard.kind, shard.id};
    const auto* place = place_of(shard, view);
    const auto wanted_here = place != nullptr && place->id == self;
    if (shard.owner == self) {
      if (wanted_here || place == nullptr)
        continue;
      if (place->id.node == shard.wanted)
        moves.release.push_back(name);
      else if (settled)
        unasked.push_back(name);
    } else if (wanted_here &&
               (shard.owner.node.empty() || !alive(shard.owner, view.nodes))) {
      moves.claim.push_back(name);
    }
  }
  // An operator does not wait behind a hundred moves of the planner's.
  moves.release.insert(moves.release.end(), unasked.begin(), unasked.end());
  if (moves.release.size() > moves_max)
    moves.release.resize(moves_max);
  return moves;
}

} // namespace caly
