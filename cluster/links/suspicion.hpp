#pragma once

#include "actors/api/cluster_store.hpp"

#include <map>
#include <vector>

namespace caly {

/// Whom this node cannot reach: peers that left three questions in a row unanswered, or
/// whose link broke. A pure tally; who is dead is decided in the database.
class suspicion {
public:
  static constexpr std::uint32_t misses_max = 3;

  void answered(const node_identity& peer) { misses_[peer.node] = {peer, 0}; }

  void missed(const node_identity& peer) {
    auto& its = misses_[peer.node];
    its = {peer, its.peer == peer ? its.misses + 1 : 1};
  }

  void lost(const node_identity& peer) { misses_[peer.node] = {peer, misses_max}; }

  void forget(const std::string& node) { misses_.erase(node); }

  /// Questions in a row that a peer left unanswered.
  std::uint32_t misses(const node_identity& peer) const {
    const auto found = misses_.find(peer.node);
    return found != misses_.end() && found->second.peer == peer ? found->second.misses
                                                                : 0;
  }

  /// In the order of their names.
  std::vector<node_identity> suspects() const {
    std::vector<node_identity> out;
    for (const auto& [node, its] : misses_)
      if (its.misses >= misses_max)
        out.push_back(its.peer);
    return out;
  }

private:
  struct tally {
    node_identity peer;
    std::uint32_t misses = 0;
  };

  std::map<std::string, tally> misses_;
};

} // namespace caly
