#pragma once

#include "actors/api/cluster_store.hpp"

#include <caf/actor.hpp>
#include <caf/actor_system_config.hpp>

namespace caly {

/// The first word on a link between two nodes. `mac` = HMAC-SHA256 over the other fields,
/// keyed with the cluster's secret, so that nodes of another cluster get nothing.
struct hello {
  std::string cluster;
  node_identity from;
  node_identity to; ///< a stale incarnation must not answer
  std::string nonce;
  std::string mac;

  template <class Inspector>
  friend auto inspect(Inspector& f, hello& x) {
    return f(caf::meta::type_name("caly.hello"), x.cluster, x.from, x.to, x.nonce, x.mac);
  }
};

/// The doors behind it.
struct hello_answer {
  node_identity from;
  caf::actor region;  ///< a region_actor
  caf::actor console; ///< a node_console_actor

  template <class Inspector>
  friend auto inspect(Inspector& f, hello_answer& x) {
    return f(caf::meta::type_name("caly.hello_answer"), x.from, x.region, x.console);
  }
};

/// Asks whether the node lives, over the link that its work goes over. The answer is its
/// identity.
struct probe {
  node_identity to;

  template <class Inspector>
  friend auto inspect(Inspector& f, probe& x) {
    return f(caf::meta::type_name("caly.probe"), x.to);
  }
};

/// The node joined again and is somebody else from now on. From within: no wire type.
struct new_incarnation {
  node_identity id;

  template <class Inspector>
  friend auto inspect(Inspector& f, new_incarnation& x) {
    return f(caf::meta::type_name("caly.new_incarnation"), x.id);
  }
};

/// The DOOR is the one actor a node publishes to its peers. It runs on the scheduler that
/// the node's work shares, so that one that hangs does not answer.
using door_actor = caf::typed_actor<
    // Errors: `forbidden` (another cluster, another key, another incarnation).
    caf::replies_to<hello>::with<hello_answer>,
    // Errors: `forbidden` (another incarnation).
    caf::replies_to<probe>::with<node_identity>,
    caf::reacts_to<new_incarnation>,
    caf::replies_to<get_status>::with<status_report>>;

/// Makes every message that may cross nodes known to CAF. A type that is sent but not
/// listed arrives empty at the other side.
void register_wire_types(caf::actor_system_config& cfg);

} // namespace caly
