#pragma once

#include "actors/api/cluster_store.hpp"
#include "runtime/base/clock.hpp"
#include "storage/cluster/admission.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace caly::memory {

/// Nodes, leases, suspicions and shards in memory: the rules of the database's cluster
/// store (`storage/cluster/cluster_store.cpp`), for tests and simulations. What operators
/// do by statements (the log, evictions, wanted shards) is not in it. `now` is the
/// database's clock.
class cluster_model {
public:
  explicit cluster_model(const std::vector<shard_name>& shards);

  /// Errors: `conflict`, `forbidden`.
  caf::expected<node_identity> join(const join_cluster& ask, wall_time now);

  /// Errors: `fenced`, `conflict`.
  caf::expected<cluster_view> tick(const cluster_tick& ask, wall_time now);

  std::vector<shard_row> claim(const claim_shards& ask, wall_time now);

  /// Answers how many were given back.
  std::uint32_t release(const release_shards& ask);

  bool change(const change_node_state& ask);

  /// The database started again: nobody could renew meanwhile, so until `patient_until`
  /// nobody is dead or loses a shard for want of a lease.
  void restarted(wall_time patient_until) { patient_until_ = patient_until; }

  /// As if the node had renewed its lease so that it ends at `lease_until`.
  void set_lease(const node_identity& who, wall_time lease_until);

  /// Whether the lease of the node's newest incarnation has not run out.
  bool leased(const std::string& node, wall_time now) const;

  /// Called with each shard whose owner changed.
  std::function<void(const shard_row&)> on_moved;

private:
  struct member_row {
    node_row row;
    std::string process;
    shared_config config;
    wall_time lease_until{};

    bool takes_part() const {
      return row.state == "joining" || row.state == "up" || row.state == "draining";
    }
  };

  struct suspicion_row {
    node_identity by;
    wall_time at{};
  };

  bool alive(const node_identity& who, wall_time now) const;
  std::vector<living_node> living(wall_time lease_after) const;
  bool suspected_by_two(const node_identity& who, wall_time now) const;
  bool declare_dead(std::int64_t lease_ms, wall_time now);
  cluster_view view(wall_time now) const;
  void moved(const shard_row& shard);

  wall_time patient_until_ = wall_time::min();
  std::int64_t version_ = 1;
  std::int64_t incarnations_ = 0;
  std::int64_t fences_ = 0;
  std::map<std::string, member_row> nodes_;
  /// Of whom (node and incarnation) and by which node.
  std::map<std::pair<std::pair<std::string, std::int64_t>, std::string>, suspicion_row>
      suspicions_;
  std::map<shard_name, shard_row> shards_;
};

} // namespace caly::memory
