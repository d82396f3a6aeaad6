#include "actors/region/region.hpp"

#include "actors/model/shard.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/observe/outage_log.hpp"
#include "runtime/supervision/exit.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<region_actor, region_state>;

constexpr auto look_interval = 1s;
constexpr auto pass_on_timeout = 2s;
constexpr const char* look_hint = "self:look";
constexpr std::string_view scheduler_shards = "scheduler";

/// An actor that no longer owns its rows must not act a moment longer: the exit overtakes
/// what waits in its mailbox.
void stop_now(const tenant_actor& actor) {
  caf::anon_send<caf::message_priority::high>(
      caf::actor_cast<caf::actor>(actor),
      caf::exit_msg{actor.address(), caf::make_error(errc::fenced)});
}

tenant_actor start_tenant(self_t self, const region_ports& ports, const tenant_id& id) {
  auto& state = self->state;
  const auto shard = shard_of(id);
  auto actor = ports.start_tenant(
      *self, id, fence_token{shard, state.fences.at(shard), state.node});
  self->monitor(actor);
  state.tenants.emplace(id, region_state::tenant_entry{actor, shard});
  ++state.started_total;
  return actor;
}

/// The actor of a tenant whose shard is ours; null otherwise.
tenant_actor tenant_here(self_t self, const region_ports& ports, const tenant_id& id) {
  if (const auto known = self->state.tenants.find(id); known != self->state.tenants.end())
    return known->second.actor;
  if (!self->state.fences.contains(shard_of(id)))
    return {};
  return start_tenant(self, ports, id);
}

/// The region of the node that owns the tenant; null when it cannot be reached.
caf::actor region_of(self_t self, const tenant_id& id) {
  const auto owner = self->state.owners.find(shard_of(id));
  if (owner == self->state.owners.end())
    return {};
  const auto peer = self->state.peers.find(owner->second.node);
  return peer == self->state.peers.end() ? caf::actor{} : peer->second;
}

/// Starts the dial scheduler when its shard is ours and it does not run.
void keep_scheduler(self_t self, const region_ports& ports) {
  auto& state = self->state;
  if (state.scheduler || state.scheduler_fence == 0)
    return;
  state.scheduler = ports.start_scheduler(*self, region_actor{self});
  self->monitor(state.scheduler);
}

void take_scheduler(self_t self, const region_ports& ports, const own_shards& owned) {
  auto& state = self->state;
  std::int64_t fence = 0;
  for (const auto& shard : owned.mine)
    if (shard.kind == scheduler_shards)
      fence = shard.fence;
  state.scheduler_owner.clear();
  for (const auto& shard : owned.others)
    if (shard.kind == scheduler_shards)
      state.scheduler_owner = shard.owner.node;
  if (state.scheduler && fence == state.scheduler_fence)
    return;
  if (state.scheduler)
    stop_actor(state.scheduler);
  state.scheduler = nullptr;
  state.scheduler_fence = fence;
  keep_scheduler(self, ports);
}

void take(self_t self, const own_shards& owned) {
  auto& state = self->state;
  std::map<std::int32_t, std::int64_t> fences;
  for (const auto& shard : owned.mine)
    if (shard.kind == "tenant")
      fences.emplace(shard.id, shard.fence);
  for (const auto& [id, entry] : state.tenants) {
    const auto kept = fences.find(entry.shard);
    if (kept == fences.end() || kept->second != state.fences[entry.shard])
      stop_now(entry.actor);
  }
  std::erase_if(state.tenants, [&](const auto& each) {
    const auto kept = fences.find(each.second.shard);
    return kept == fences.end() || kept->second != state.fences[each.second.shard];
  });
  state.fences = std::move(fences);
  state.owners.clear();
  for (const auto& shard : owned.others)
    if (shard.kind == "tenant" && !shard.owner.node.empty())
      state.owners.insert_or_assign(shard.id, shard.owner);
}

/// Starts the tenants of our shards that have something to do.
void look(self_t self, const region_ports& ports) {
  auto& state = self->state;
  if (state.looking || state.fences.empty())
    return;
  state.looking = true;
  std::string shards = "[";
  for (const auto& [shard, fence] : state.fences)
    shards += (shards.size() > 1 ? "," : "") + std::to_string(shard);
  shards += "]";
  self->request(ports.records, 10s, run_record{{}, "route.tenants", {shards}, 1000})
      .then(
          [self, ports](const record_answer& answer) {
            self->state.looking = false;
            const auto rows = json::parse(answer.json, {4 << 20, 8, 10'000, 32, 3});
            if (!rows)
              return;
            for (const auto& row : rows->items())
              if (const auto id = tenant_id::parse(row["tenant_id"].text_or("")))
                tenant_here(self, ports, *id);
          },
          [self](const caf::error& err) {
            self->state.looking = false;
            warn_failed(err, "region: cannot look");
          });
}

caf::result<call_id>
place_single(self_t self, const region_ports& ports, const place_single_call& ask) {
  if (const auto here = tenant_here(self, ports, ask.tenant))
    return self->delegate(here, ask);
  const auto there = region_of(self, ask.tenant);
  if (!there)
    return caf::make_error(errc::unavailable,
                           "the tenant's owner is changing; try again");
  ++self->state.passed_on_total;
  auto promise = self->make_response_promise<call_id>();
  self->request(there, pass_on_timeout, ask)
      .then([promise](const call_id& id) mutable { promise.deliver(id); },
            [promise](caf::error& err) mutable {
              if (err.category() == caf::atom("caly"))
                promise.deliver(std::move(err));
              else
                promise.deliver(caf::make_error(errc::unavailable,
                                                "the tenant's owner does not answer"));
            });
  return promise;
}

} // namespace

region_state::~region_state() {
  for (const auto& [id, entry] : tenants)
    kill_actor(entry.actor);
  if (scheduler)
    kill_actor(scheduler);
}

region_actor::behavior_type
region_of_node(self_t self, std::string node, region_ports ports) {
  self->state.node = std::move(node);
  self->set_down_handler([self](const caf::down_msg& down) {
    if (self->state.scheduler && self->state.scheduler.address() == down.source) {
      spdlog::warn("region: dial scheduler ended reason={}", to_string(down.reason));
      self->state.scheduler = nullptr; // the next look starts another
      return;
    }
    std::erase_if(self->state.tenants, [&](const auto& each) {
      return each.second.actor.address() == down.source;
    });
    if (down.reason && down.reason != caf::exit_reason::user_shutdown)
      spdlog::warn("region: tenant ended reason={}", to_string(down.reason));
  });
  self->send(region_actor{self}, wake_tenant{{}, look_hint});
  return {
      [=](const own_shards& owned) {
        take(self, owned);
        take_scheduler(self, ports, owned);
      },
      [=](const peer_changed& peer) {
        if (peer.region)
          self->state.peers.insert_or_assign(peer.peer.node, peer.region);
        else
          self->state.peers.erase(peer.peer.node);
      },
      [=](const wake_tenant& hint) {
        if (hint.why == look_hint) {
          keep_scheduler(self, ports);
          look(self, ports);
          self->delayed_anon_send(self, look_interval, hint);
          return;
        }
        if (const auto here = tenant_here(self, ports, hint.tenant)) {
          self->send(here, hint);
        } else if (const auto there = region_of(self, hint.tenant)) {
          ++self->state.passed_on_total;
          caf::anon_send(there, hint);
        }
      },
      [=](const line_demand& demand) {
        if (self->state.scheduler)
          self->send(self->state.scheduler, demand);
        else if (const auto there = self->state.peers.find(self->state.scheduler_owner);
                 there != self->state.peers.end())
          caf::anon_send(there->second, demand);
      },
      [=](const line_limit& limit) {
        if (const auto here = self->state.tenants.find(limit.tenant);
            here != self->state.tenants.end())
          self->send(here->second.actor, limit);
        else if (const auto there = region_of(self, limit.tenant))
          caf::anon_send(there, limit);
      },
      [=](const place_single_call& ask) { return place_single(self, ports, ask); },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "shards", state.fences.size());
        caf::put(report, "tenants", state.tenants.size());
        caf::put(report, "peers", state.peers.size());
        caf::put(report, "scheduler", static_cast<bool>(state.scheduler));
        caf::put(report, "started_total", state.started_total);
        caf::put(report, "passed_on_total", state.passed_on_total);
        return report;
      },
  };
}

} // namespace caly
