#include "tests/simulation/node_links.hpp"

#include "tests/simulation/sim_node.hpp"

namespace caly::test {

namespace {

using namespace std::chrono_literals;

constexpr auto probe_interval = 500ms;

/// Hands a hint on over the network.
template <class Message>
void carry(sim_env& env,
           sim_network& network,
           sim_node& from,
           const node_identity& to,
           const Message& hint) {
  if (env.fault(50)) {
    env.saw(from.name(), "hint dropped", to.node);
    return;
  }
  const auto twice = env.fault(50);
  if (twice)
    env.saw(from.name(), "hint doubled", to.node);
  for (int i = 0; i < (twice ? 2 : 1); ++i) {
    const auto late = env.fault(50) ? env.ms_between(100, 5000) : 0ms;
    if (late > 0ms)
      env.saw(from.name(), "hint delayed", to.node);
    env.after(late, [&network, &from, to, hint] {
      if (network.reachable(from, to))
        caf::anon_send(network.find(to.node)->region(), hint);
    });
  }
}

caf::behavior wire_to(caf::event_based_actor* self,
                      sim_env* env,
                      sim_network* network,
                      sim_node* from,
                      node_identity to) {
  return {
      [=](const wake_tenant& hint) { carry(*env, *network, *from, to, hint); },
      [=](const line_demand& hint) { carry(*env, *network, *from, to, hint); },
      [=](const line_limit& hint) { carry(*env, *network, *from, to, hint); },
      [=](const place_single_call& wish) -> caf::result<call_id> {
        if (!network->reachable(*from, to) || env->fault(50)) {
          auto promise = self->make_response_promise<call_id>();
          env->kept.emplace_back(promise);
          return promise;
        }
        return self->delegate(network->find(to.node)->region(), wish);
      },
  };
}

} // namespace

// -- one node's links

void node_links::start() {
  links_.clear();
  suspected_ = {};
  member_ = nullptr;
  env_.after(probe_interval, [this, life = home_.life()] { ask_peers(life); });
}

template <class Change>
void node_links::change_suspicion(Change change) {
  const auto before = suspected_.suspects();
  change(suspected_);
  auto now = suspected_.suspects();
  if (now != before && member_)
    caf::anon_send(member_, suspects_changed{std::move(now)});
}

void node_links::drop(link& its) {
  if (!its.up)
    return;
  its.up = false;
  caf::anon_send(home_.region(), peer_changed{its.peer, {}});
  change_suspicion([&](suspicion& all) { all.lost(its.peer); });
}

void node_links::lost(const std::string& peer) {
  if (const auto found = links_.find(peer); found != links_.end())
    drop(found->second);
}

void node_links::connect(const node_identity& peer) {
  auto& its = links_[peer.node];
  if (its.peer != peer && its.up)
    drop(its);
  if (its.up)
    return;
  its.peer = peer;
  if (!network_.reachable(home_, peer)) {
    change_suspicion([&](suspicion& all) { all.missed(peer); });
    return;
  }
  its.up = true;
  change_suspicion([&](suspicion& all) { all.answered(peer); });
  caf::anon_send(home_.region(), peer_changed{peer, network_.wire(home_, peer)});
}

void node_links::see(const node_identity& self,
                     const cluster_view& view,
                     const member_actor& from) {
  member_ = from;
  std::set<std::string> present;
  for (const auto& node : view.nodes) {
    if (node.id == self || node.lease_ms <= 0 ||
        (node.state != "up" && node.state != "draining"))
      continue;
    present.insert(node.id.node);
    connect(node.id);
  }
  for (auto& [name, its] : links_)
    if (!present.contains(name)) {
      drop(its);
      change_suspicion([&](suspicion& all) { all.forget(name); });
    }
  std::erase_if(links_, [&](const auto& each) { return !present.contains(each.first); });
}

void node_links::ask_peers(std::uint64_t life) {
  if (home_.life() != life)
    return; // of a process that is gone
  if (!home_.frozen())
    for (auto& [name, its] : links_)
      if (its.up)
        change_suspicion([&](suspicion& all) {
          network_.reachable(home_, its.peer) ? all.answered(its.peer)
                                              : all.missed(its.peer);
        });
  env_.after(probe_interval, [this, life] { ask_peers(life); });
}

// -- what lies between them

sim_node* sim_network::find(const std::string& name) const {
  for (const auto& each : nodes_)
    if (each->name() == name)
      return each.get();
  return nullptr;
}

bool sim_network::reachable(const sim_node& from, const node_identity& to) const {
  const auto* there = find(to.node);
  return there != nullptr && there->up() && !there->frozen() && there->self() == to &&
         !cuts_.contains({from.index(), there->index()}) &&
         !cuts_.contains({there->index(), from.index()});
}

caf::actor sim_network::wire(const sim_node& from, const node_identity& to) {
  return env_.fx.sys.spawn(wire_to, &env_, this, find(from.name()), to);
}

} // namespace caly::test
