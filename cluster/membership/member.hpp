#pragma once

#include "actors/api/cluster_store.hpp"
#include "actors/api/region.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <functional>

namespace caly {

struct member_options {
  join_cluster join;
  std::chrono::milliseconds renew{1000};
  /// So often while somebody is suspected, to be there when its lease is old enough.
  std::chrono::milliseconds renew_in_doubt{250};
  /// Without a successful renewal for so long the node stops acting for its shards.
  std::chrono::milliseconds fence_after{4000};
  /// After a change of membership no working shard moves for so long.
  std::chrono::milliseconds stable_after{10'000};
  std::size_t moves_max = 2;
};

/// Asks the member to leave: its shards go to others, then its row says `left`.
struct leave_cluster {
  template <class Inspector>
  friend auto inspect(Inspector& f, leave_cluster&) {
    return f(caf::meta::type_name("caly.leave_cluster"));
  }
};

/// Gives the shards away step by step and takes no new ones, or takes part again. The row
/// says `draining` or `up`.
struct drain_member {
  bool on = true;

  template <class Inspector>
  friend auto inspect(Inspector& f, drain_member& x) {
    return f(caf::meta::type_name("caly.drain_member"), x.on);
  }
};

/// Time to renew the lease. Ticks of the timer bring the next one.
struct member_tick {
  bool timer = false;

  template <class Inspector>
  friend auto inspect(Inspector& f, member_tick& x) {
    return f(caf::meta::type_name("caly.member_tick"), x.timer);
  }
};

/// Peers that this node cannot reach, all of them; from the links.
struct suspects_changed {
  std::vector<node_identity> suspects;

  template <class Inspector>
  friend auto inspect(Inspector& f, suspects_changed& x) {
    return f(caf::meta::type_name("caly.suspects_changed"), x.suspects);
  }
};

/// The CLUSTER MEMBER keeps this node's lease and its shards.
using member_actor = caf::typed_actor<caf::reacts_to<member_tick>,
                                      caf::reacts_to<suspects_changed>,
                                      // Errors: `unavailable`; it is tried again.
                                      caf::replies_to<drain_member>::with<bool>,
                                      // True when the shards are free for others.
                                      caf::replies_to<leave_cluster>::with<bool>,
                                      // The last view; empty before the first.
                                      caf::replies_to<get_status>::with<status_report>>;

struct member_ports {
  cluster_store_actor store;
  region_actor region;
  /// Another process runs under this node's name: this one must end.
  std::function<void()> on_dead;
  /// The cluster does not take this node; the error says why and how to mend it.
  std::function<void(const caf::error&)> on_refused;
  /// The node stands down for want of a lease; the next view says that it is back.
  std::function<void()> on_fenced;
  /// Every new view, for links and the console.
  std::function<void(const node_identity&, const cluster_view&, const member_actor&)>
      on_view;
};

struct member_state {
  node_identity self;
  cluster_view view;
  std::string membership; ///< who is up, to notice changes
  std::vector<node_identity> suspects;
  std::chrono::steady_clock::time_point renewed_at;
  std::chrono::steady_clock::time_point changed_at;
  bool busy = false;
  bool admitted = false; ///< joined at least once
  bool fenced = false;
  bool draining = false;
  bool leaving = false;
  std::uint64_t renewals_total = 0;
  std::uint64_t failures_total = 0;
  std::uint64_t claimed_total = 0;
};

member_actor::behavior_type member(self_ptr<member_actor, member_state> self,
                                   member_options options,
                                   member_ports ports);

} // namespace caly
