#pragma once

#include "actors/api/region.hpp"
#include "cluster/links/suspicion.hpp"
#include "cluster/membership/member.hpp"
#include "tests/simulation/sim_env.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace caly::test {

class sim_node;
class sim_network;

/// A node's links to the others, as `cluster/links` keeps them over sockets: it connects
/// to whom the view names, asks linked peers every half second whether they live, tells
/// the region who is there and the member whom it suspects.
class node_links {
public:
  node_links(sim_env& env, sim_network& network, sim_node& home)
      : env_{env}, network_{network}, home_{home} {}

  /// A new process: nothing is linked.
  void start();

  void see(const node_identity& self, const cluster_view& view, const member_actor& from);

  /// The connection broke.
  void lost(const std::string& peer);

private:
  struct link {
    node_identity peer;
    bool up = false;
  };

  void connect(const node_identity& peer);
  void drop(link& its);
  void ask_peers(std::uint64_t life);
  template <class Change>
  void change_suspicion(Change change);

  sim_env& env_;
  sim_network& network_;
  sim_node& home_;
  std::map<std::string, link> links_;
  suspicion suspected_;
  member_actor member_;
};

/// What lies between the nodes: cuts, and hints that come late, twice or never.
class sim_network {
public:
  sim_network(sim_env& env, std::vector<std::unique_ptr<sim_node>>& nodes)
      : env_{env}, nodes_{nodes} {}

  /// Nothing goes from `from` to `to`; the other way may still work.
  void cut(int from, int to) { cuts_.insert({from, to}); }

  void mend() { cuts_.clear(); }

  /// Whether a question of `from` to that process of `to` would be answered now.
  bool reachable(const sim_node& from, const node_identity& to) const;

  /// The region of `to` as `from` holds it.
  caf::actor wire(const sim_node& from, const node_identity& to);

  sim_node* find(const std::string& name) const;

private:
  sim_env& env_;
  std::vector<std::unique_ptr<sim_node>>& nodes_;
  std::set<std::pair<int, int>> cuts_;
};

} // namespace caly::test
