#pragma once

#include "actors/api/region.hpp"
#include "actors/api/wire.hpp"
#include "cluster/links/door.hpp"
#include "cluster/links/link_socket.hpp"
#include "cluster/links/suspicion.hpp"
#include "cluster/membership/member.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <map>

namespace caly {

struct links_options {
  std::string basp_host = "127.0.0.1";
  std::int32_t basp_port = 0;
  bool tls = false; ///< with the certificate of the actor system's openssl settings
  link_bounds bounds{};
  std::chrono::milliseconds connect_timeout{1000};
  std::chrono::milliseconds request_timeout{2000};
  /// Linked peers are asked so often whether they live, and have as long to answer.
  std::chrono::milliseconds probe_interval{500};
  door_options door;
};

/// The newest view of the cluster, from the member.
struct view_changed {
  node_identity self;
  cluster_view view;
  member_actor from{}; ///< to be told of suspects

  template <class Inspector>
  friend auto inspect(Inspector& f, view_changed& x) {
    return f(caf::meta::type_name("caly.view_changed"), x.self, x.view, x.from);
  }
};

/// Time to ask the peers whether they live.
struct probe_peers {
  template <class Inspector>
  friend auto inspect(Inspector& f, probe_peers&) {
    return f(caf::meta::type_name("caly.probe_peers"));
  }
};

/// Who is linked, for the console: the peers' console actors by node.
struct list_peers {
  template <class Inspector>
  friend auto inspect(Inspector& f, list_peers&) {
    return f(caf::meta::type_name("caly.list_peers"));
  }
};

/// How the link to a peer does.
struct link_report {
  node_identity peer;
  bool up = false;
  std::int64_t up_ms = 0;
  std::int64_t probe_us = -1; ///< the last round trip; -1: none yet
  std::uint32_t missed = 0;   ///< probes in a row without an answer
  bool suspected = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, link_report& x) {
    return f(caf::meta::type_name("caly.link_report"),
             x.peer,
             x.up,
             x.up_ms,
             x.probe_us,
             x.missed,
             x.suspected);
  }
};

struct peer_list {
  node_identity self;
  cluster_view view;
  std::map<std::string, caf::actor> consoles;
  std::vector<link_report> links{};

  template <class Inspector>
  friend auto inspect(Inspector& f, peer_list& x) {
    return f(caf::meta::type_name("caly.peer_list"), x.self, x.view, x.consoles, x.links);
  }
};

/// LINKS keep a direct connection to every other node that is up.
using links_actor = caf::typed_actor<caf::reacts_to<view_changed>,
                                     caf::reacts_to<probe_peers>,
                                     caf::replies_to<list_peers>::with<peer_list>,
                                     caf::replies_to<get_status>::with<status_report>>;

/// Spawn detached: opening a connection blocks up to `connect_timeout`.
struct links_state {
  struct link {
    node_identity peer;
    caf::actor door;
    caf::actor region;
    caf::actor console;
    bool up = false;
    std::chrono::steady_clock::time_point up_at;
    std::chrono::microseconds probe_time{-1};
    std::chrono::steady_clock::time_point retry_at;
  };

  node_identity self;
  cluster_view view;
  bool published = false;
  door_actor door;
  member_actor member;
  std::map<std::string, link> links;
  suspicion suspected;
  std::uint64_t connected_total = 0;
  std::uint64_t lost_total = 0;
};

links_actor::behavior_type links(self_ptr<links_actor, links_state> self,
                                 links_options options,
                                 region_actor region);

} // namespace caly
