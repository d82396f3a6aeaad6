#pragma once

#include "runtime/base/protocol.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// One incarnation of a node: what its rows are signed with.
struct node_identity {
  std::string node;
  std::int64_t incarnation = 0;

  friend bool operator==(const node_identity&, const node_identity&) = default;

  template <class Inspector>
  friend auto inspect(Inspector& f, node_identity& x) {
    return f(caf::meta::type_name("caly.node_identity"), x.node, x.incarnation);
  }
};

/// Levels of the protocol that a build knows, from the lowest to the highest.
struct protocol_range {
  protocol_level min = protocol_min;
  protocol_level max = protocol_max;

  friend bool operator==(const protocol_range&, const protocol_range&) = default;

  template <class Inspector>
  friend auto inspect(Inspector& f, protocol_range& x) {
    return f(caf::meta::type_name("caly.protocol_range"), x.min, x.max);
  }
};

/// Settings that must be the same on all nodes.
struct shared_config {
  std::string hash; ///< 16 hex digits
  /// JSON object: each setting's value by its name, a secret as {"digest":"…"}.
  std::string values = "{}";
  bool accept_change = false; ///< a difference is no reason to stay away

  template <class Inspector>
  friend auto inspect(Inspector& f, shared_config& x) {
    return f(
        caf::meta::type_name("caly.shared_config"), x.hash, x.values, x.accept_change);
  }
};

/// Enters the cluster as a new incarnation; an older one of the same id is dead from
/// then. Harmless when repeated by the same process.
struct join_cluster {
  std::string node;
  std::string basp_host;
  std::int32_t basp_port = 0;
  std::string http_url;
  std::string build;
  std::int64_t lease_ms = 5000;
  double capacity = 1; ///< its share of the shards, beside that of the others; above 0
  std::string process; ///< unique to this run of the program
  protocol_range protocol;
  shared_config config;

  template <class Inspector>
  friend auto inspect(Inspector& f, join_cluster& x) {
    return f(caf::meta::type_name("caly.join_cluster"),
             x.node,
             x.basp_host,
             x.basp_port,
             x.http_url,
             x.build,
             x.lease_ms,
             x.capacity,
             x.process,
             x.protocol,
             x.config);
  }
};

/// Renews the node's lease, says whom it cannot reach, declares nodes dead, and reads the
/// view. Dead is whose lease ran out, and whom two living nodes suspect while its lease
/// was not renewed for two seconds: a cut between nodes alone kills nobody.
struct cluster_tick {
  node_identity self;
  std::int64_t lease_ms = 5000;
  std::string load; ///< JSON object for others to see
  std::vector<node_identity> suspects{};

  template <class Inspector>
  friend auto inspect(Inspector& f, cluster_tick& x) {
    return f(caf::meta::type_name("caly.cluster_tick"),
             x.self,
             x.lease_ms,
             x.load,
             x.suspects);
  }
};

struct node_row {
  node_identity id;
  std::string basp_host;
  std::int32_t basp_port = 0;
  std::string http_url;
  std::string build;
  std::string state;         ///< joining, up, draining, left, dead
  std::int64_t lease_ms = 0; ///< what is left of it
  std::string load;
  double capacity = 1;
  protocol_range protocol;
  std::string config_hash;

  template <class Inspector>
  friend auto inspect(Inspector& f, node_row& x) {
    return f(caf::meta::type_name("caly.node_row"),
             x.id,
             x.basp_host,
             x.basp_port,
             x.http_url,
             x.build,
             x.state,
             x.lease_ms,
             x.load,
             x.capacity,
             x.protocol,
             x.config_hash);
  }
};

struct shard_row {
  std::string kind;
  std::int32_t id = 0;
  node_identity owner; ///< empty node: free
  std::int64_t fence = 0;
  std::string wanted{}; ///< the node where an operator wants it; mostly empty

  template <class Inspector>
  friend auto inspect(Inspector& f, shard_row& x) {
    return f(
        caf::meta::type_name("caly.shard_row"), x.kind, x.id, x.owner, x.fence, x.wanted);
  }
};

struct cluster_view {
  std::int64_t version = 0;
  std::vector<node_row> nodes; ///< without those long gone
  std::vector<shard_row> shards;
  protocol_level level = protocol_level::first; ///< known to all living nodes

  template <class Inspector>
  friend auto inspect(Inspector& f, cluster_view& x) {
    return f(
        caf::meta::type_name("caly.cluster_view"), x.version, x.nodes, x.shards, x.level);
  }
};

struct shard_name {
  std::string kind;
  std::int32_t id = 0;

  friend auto operator<=>(const shard_name&, const shard_name&) = default;

  template <class Inspector>
  friend auto inspect(Inspector& f, shard_name& x) {
    return f(caf::meta::type_name("caly.shard_name"), x.kind, x.id);
  }
};

/// Takes shards that are free or whose owner is dead, each under a new fence. Shards that
/// somebody is using in an open transaction right now are left for the next try.
struct claim_shards {
  node_identity self;
  std::vector<shard_name> shards;

  template <class Inspector>
  friend auto inspect(Inspector& f, claim_shards& x) {
    return f(caf::meta::type_name("caly.claim_shards"), x.self, x.shards);
  }
};

/// Gives shards back so that another node may take them.
struct release_shards {
  node_identity self;
  std::vector<shard_name> shards;

  template <class Inspector>
  friend auto inspect(Inspector& f, release_shards& x) {
    return f(caf::meta::type_name("caly.release_shards"), x.self, x.shards);
  }
};

/// Leaves on purpose: `draining` first, `left` at the end.
struct change_node_state {
  node_identity self;
  std::string state;

  template <class Inspector>
  friend auto inspect(Inspector& f, change_node_state& x) {
    return f(caf::meta::type_name("caly.change_node_state"), x.self, x.state);
  }
};

/// The CLUSTER STORE keeps nodes and shards on a connection of its own, so that a busy
/// database pool never delays a lease.
using cluster_store_actor =
    caf::typed_actor< // Errors: `conflict`: a living process has this name. `forbidden`:
                      // its protocol or its settings do not fit; the context says it in
                      // words.
        caf::replies_to<join_cluster>::with<node_identity>,
        // Errors: `fenced`: this incarnation was declared dead; stop acting
        // for its shards and join again. `conflict`: another process runs
        // under this name; end.
        caf::replies_to<cluster_tick>::with<cluster_view>,
        // Answers the shards that are ours now, with their fences.
        caf::replies_to<claim_shards>::with<std::vector<shard_row>>,
        caf::replies_to<release_shards>::with<std::uint32_t>,
        caf::replies_to<change_node_state>::with<bool>,
        caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
