#include "cluster/membership/member.hpp"

#include "cluster/membership/placement.hpp"
#include "runtime/base/error.hpp"
#include "runtime/observe/outage_log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<member_actor, member_state>;

constexpr auto store_timeout = 3s;

std::size_t owned_shards(const member_state& state) {
  return static_cast<std::size_t>(std::count_if(
      state.view.shards.begin(), state.view.shards.end(), [&](const shard_row& shard) {
        return shard.owner == state.self;
      }));
}

/// Nodes that could take a shard.
std::size_t others_up(const member_state& state) {
  return static_cast<std::size_t>(std::count_if(
      state.view.nodes.begin(), state.view.nodes.end(), [&](const node_row& node) {
        return node.id != state.self && node.state == "up" && node.lease_ms > 0;
      }));
}

bool works(const node_row& node) {
  return (node.state == "up" || node.state == "draining" || node.state == "joining") &&
         node.lease_ms > 0;
}

/// Other nodes that went without leaving.
std::size_t others_lost(const member_state& state) {
  return static_cast<std::size_t>(std::count_if(
      state.view.nodes.begin(), state.view.nodes.end(), [&](const node_row& node) {
        return node.id.node != state.self.node && node.state != "left" && !works(node);
      }));
}

std::size_t shards_without_owner(const member_state& state) {
  return static_cast<std::size_t>(std::count_if(
      state.view.shards.begin(), state.view.shards.end(), [&](const shard_row& shard) {
        return std::none_of(
            state.view.nodes.begin(), state.view.nodes.end(), [&](const node_row& node) {
              return node.id == shard.owner && works(node);
            });
      }));
}

void tell_region(self_t self, const member_ports& ports) {
  own_shards owned;
  for (const auto& shard : self->state.view.shards)
    (shard.owner == self->state.self && !self->state.fenced ? owned.mine : owned.others)
        .push_back(shard);
  self->send(ports.region, std::move(owned));
}

/// Stops acting for the node's shards: others may own them by now.
void stand_down(self_t self, const member_ports& ports, const char* why) {
  auto& state = self->state;
  if (state.fenced)
    return;
  state.fenced = true;
  spdlog::warn("member: standing down node={} reason={}", state.self.node, why);
  tell_region(self, ports);
  if (ports.on_fenced)
    ports.on_fenced();
}

/// Cut off from the database for too long.
void fence(self_t self, const member_options& options, const member_ports& ports) {
  if (self->state.renewed_at + options.fence_after <= self->clock().now())
    stand_down(self, ports, "no lease");
}

void apply_claims(self_t self,
                  const member_ports& ports,
                  const std::vector<shard_row>& won) {
  auto& state = self->state;
  state.claimed_total += won.size();
  for (const auto& mine : won)
    for (auto& shard : state.view.shards)
      if (shard.kind == mine.kind && shard.id == mine.id)
        shard = mine;
  tell_region(self, ports);
}

void move_shards(self_t self, const member_options& options, const member_ports& ports) {
  auto& state = self->state;
  const auto settled = state.changed_at + options.stable_after < self->clock().now();
  auto moves = plan_moves(state.self, state.view, settled, options.moves_max);
  if (state.leaving)
    moves.claim.clear();
  if (!moves.release.empty()) {
    // The region lets go first, so that nobody works under a fence that is given away.
    for (const auto& name : moves.release)
      for (auto& shard : state.view.shards)
        if (shard.kind == name.kind && shard.id == name.id)
          shard.owner = {};
    tell_region(self, ports);
    self->request(ports.store, store_timeout, release_shards{state.self, moves.release})
        .then([](std::uint32_t) {}, [](const caf::error&) {}); // the next view tells
  }
  if (!moves.claim.empty())
    self->request(ports.store, store_timeout, claim_shards{state.self, moves.claim})
        .then([self, ports](
                  const std::vector<shard_row>& won) { apply_claims(self, ports, won); },
              [](const caf::error&) {}); // the next tick tries again
}

/// Whether the row says what is wanted of it.
bool says(const member_state& state, const char* wanted) {
  return std::any_of(
      state.view.nodes.begin(), state.view.nodes.end(), [&](const auto& x) {
        return x.id == state.self && x.state == wanted;
      });
}

/// Brings the row to `draining` or `up`, as often as it takes.
void keep_state(self_t self, const member_ports& ports) {
  auto& state = self->state;
  const auto* wanted = state.draining ? "draining" : "up";
  if (state.leaving || state.self.node.empty() || says(state, wanted))
    return;
  self->request(ports.store, store_timeout, change_node_state{state.self, wanted})
      .then([self](bool) { self->send(member_actor{self}, member_tick{}); },
            [](const caf::error&) {}); // the next view asks again
}

void see(self_t self,
         const member_options& options,
         const member_ports& ports,
         cluster_view view) {
  auto& state = self->state;
  state.view = std::move(view);
  std::string membership;
  for (const auto& node : state.view.nodes)
    membership += node.id.node + ":" + std::to_string(node.id.incarnation) + "=" +
                  node.state + (node.lease_ms > 0 ? " " : "! ");
  if (membership != state.membership) {
    spdlog::info("member: cluster version={} protocol={} nodes={}",
                 state.view.version,
                 static_cast<int>(state.view.level),
                 membership);
    state.membership = std::move(membership);
    state.changed_at = self->clock().now();
  }
  tell_region(self, ports);
  ports.on_view(state.self, state.view, member_actor{self});
  keep_state(self, ports);
  move_shards(self, options, ports);
}

void renew(self_t self, const member_options& options, const member_ports& ports) {
  auto& state = self->state;
  state.busy = true;
  // The lease counts from before the request went out.
  const auto asked_at = self->clock().now();
  self->request(ports.store,
                store_timeout,
                cluster_tick{state.self, options.join.lease_ms, "{}", state.suspects})
      .then(
          [=](cluster_view& view) {
            auto& state = self->state;
            state.busy = false;
            state.fenced = false;
            state.renewed_at = asked_at;
            ++state.renewals_total;
            see(self, options, ports, std::move(view));
          },
          [=](const caf::error& err) {
            self->state.busy = false;
            ++self->state.failures_total;
            if (err == errc::conflict) {
              spdlog::error("member: another process runs as node={}",
                            self->state.self.node);
              ports.on_dead();
              return;
            }
            if (err == errc::fenced) {
              // Declared dead while it was cut off. Its shards are others' by now; it
              // comes back as a new incarnation that owns nothing.
              stand_down(self, ports, "declared dead");
              self->state.self = {};
              return;
            }
            if (self->state.fenced)
              return; // said already
            warn_failed(err, "member: lease not renewed");
            fence(self, options, ports);
          });
}

void join(self_t self, const member_options& options, const member_ports& ports) {
  self->state.busy = true;
  auto ask = options.join;
  // A node that was taken once is not turned away for settings that others changed since.
  ask.config.accept_change |= self->state.admitted;
  self->request(ports.store, store_timeout, std::move(ask))
      .then(
          [=](const node_identity& id) {
            self->state.busy = false;
            self->state.admitted = true;
            self->state.self = id;
            self->state.renewed_at = self->clock().now();
            spdlog::info(
                "member: joined node={} incarnation={}", id.node, id.incarnation);
            self->send(member_actor{self}, member_tick{});
          },
          [=](const caf::error& err) {
            self->state.busy = false; // the next tick tries again
            if (err == errc::conflict || err == errc::forbidden)
              ports.on_refused(err);
            else
              warn_failed(err, "member: cannot join");
          });
}

caf::result<bool> leave(self_t self, const member_ports& ports) {
  auto& state = self->state;
  state.leaving = true;
  std::vector<shard_name> mine;
  for (auto& shard : state.view.shards)
    if (shard.owner == state.self) {
      mine.push_back({shard.kind, shard.id});
      shard.owner = {};
    }
  tell_region(self, ports);
  auto promise = self->make_response_promise<bool>();
  self->request(ports.store, store_timeout, release_shards{state.self, std::move(mine)})
      .then(
          [=](std::uint32_t) mutable {
            self->request(ports.store,
                          store_timeout,
                          change_node_state{self->state.self, "left"})
                .then([promise](bool done) mutable { promise.deliver(done); },
                      [promise](caf::error& err) mutable {
                        promise.deliver(std::move(err));
                      });
          },
          [promise](caf::error& err) mutable { promise.deliver(std::move(err)); });
  return promise;
}

} // namespace

member_actor::behavior_type
member(self_t self, member_options options, member_ports ports) {
  self->state.changed_at = self->clock().now();
  self->send(member_actor{self}, member_tick{});
  self->delayed_anon_send(self, options.renew, member_tick{true});
  return {
      [=](const member_tick& tick) {
        auto& state = self->state;
        if (tick.timer && !state.leaving)
          self->delayed_anon_send(self,
                                  state.suspects.empty() ? options.renew
                                                         : options.renew_in_doubt,
                                  member_tick{true});
        if (state.leaving)
          return;
        if (!state.busy && state.self.node.empty())
          join(self, options, ports);
        else if (!state.busy)
          renew(self, options, ports);
        else
          fence(self, options, ports);
      },
      [=](const suspects_changed& change) {
        const auto more = !change.suspects.empty() && self->state.suspects.empty();
        self->state.suspects = change.suspects;
        if (more)
          self->send(member_actor{self}, member_tick{});
      },
      [=](const drain_member& wish) {
        self->state.draining = wish.on;
        spdlog::info("member: {} node={}",
                     wish.on ? "draining" : "taking part again",
                     self->state.self.node);
        keep_state(self, ports);
        return true;
      },
      [=](const leave_cluster&) { return leave(self, ports); },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "node", state.self.node);
        caf::put(report, "incarnation", state.self.incarnation);
        caf::put(report, "version", state.view.version);
        caf::put(report, "fenced", state.fenced);
        caf::put(report, "draining", state.draining);
        caf::put(report, "shards", owned_shards(state));
        caf::put(report, "shards_without_owner", shards_without_owner(state));
        caf::put(report, "others_up", others_up(state));
        caf::put(report, "others_lost", others_lost(state));
        caf::put(report, "level", static_cast<std::int64_t>(state.view.level));
        caf::put(report, "suspects", state.suspects.size());
        caf::put(report, "renewals_total", state.renewals_total);
        caf::put(report, "failures_total", state.failures_total);
        caf::put(report, "claimed_total", state.claimed_total);
        return report;
      },
  };
}

} // namespace caly
