#include "actors/region/region.hpp"

#include "actors/model/shard.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/observe/outage_log.hpp"
#include "runtime/supervision/exit.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace caly {

namespace {

using namespace std::chrono_literals;
using self_t = self_ptr<region_actor, region_state>;

constexpr auto look_interval = 1s;
constexpr auto owner_timeout = 2s;
constexpr auto owner_patience = 5s;
constexpr auto owner_interval = 200ms;
constexpr std::size_t waiting_max = 1000;
constexpr const char* look_hint = "self:look";
constexpr const char* owner_hint = "self:owner";
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

/// True when there are shards that were not ours before, or under another fence.
bool take(self_t self, const own_shards& owned) {
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
  const auto more = !std::ranges::includes(state.fences, fences);
  state.fences = std::move(fences);
  state.owners.clear();
  for (const auto& shard : owned.others)
    if (shard.kind == "tenant" && !shard.owner.node.empty())
      state.owners.insert_or_assign(shard.id, shard.owner);
  return more;
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

caf::error owner_changes() {
  return caf::make_error(errc::unavailable, "the tenant's owner is changing; try again");
}

/// Says nothing about the call, but that somebody else is to be asked: by its id, the
/// same call is made once.
bool asks_for_another_owner(const caf::error& err) {
  return err == errc::not_mine || err == errc::fenced ||
         err == caf::sec::request_receiver_down;
}

/// A shard that is handed over has no owner for a moment.
void wait_for_owner(self_t self, region_state::waiting_call call) {
  auto& waiting = self->state.waiting;
  if (waiting.size() >= waiting_max || self->clock().now() >= call.until)
    return void(call.promise.deliver(owner_changes()));
  if (waiting.empty())
    self->delayed_anon_send(self, owner_interval, wake_tenant{{}, owner_hint});
  waiting.push_back(std::move(call));
}

/// Asks whoever owns the tenant now.
void ask_owner(self_t self, const region_ports& ports, region_state::waiting_call call) {
  const auto answered = [promise = call.promise](const call_id& id) mutable {
    promise.deliver(id);
  };
  const auto failed = [self, call](caf::error& err) mutable {
    if (asks_for_another_owner(err))
      wait_for_owner(self, std::move(call));
    else if (err.category() == caf::atom("caly"))
      call.promise.deliver(std::move(err));
    else
      call.promise.deliver(
          caf::make_error(errc::unavailable, "the tenant's owner does not answer"));
  };
  if (const auto here = tenant_here(self, ports, call.ask.tenant)) {
    self->request(here, owner_timeout, call.ask).then(answered, failed);
  } else if (const auto there = region_of(self, call.ask.tenant)) {
    ++self->state.passed_on_total;
    auto passed = call.ask;
    passed.passed_on = true;
    self->request(there, owner_timeout, std::move(passed)).then(answered, failed);
  } else {
    wait_for_owner(self, std::move(call));
  }
}

caf::result<call_id>
place_single(self_t self, const region_ports& ports, const place_single_call& ask) {
  if (ask.passed_on) {
    if (const auto here = tenant_here(self, ports, ask.tenant))
      return self->delegate(here, ask);
    ++self->state.not_mine_total;
    return caf::make_error(errc::not_mine);
  }
  auto promise = self->make_response_promise<call_id>();
  ask_owner(self, ports, {ask, promise, self->clock().now() + owner_patience});
  return promise;
}

void ask_owners_again(self_t self, const region_ports& ports) {
  for (auto& each : std::exchange(self->state.waiting, {}))
    ask_owner(self, ports, std::move(each));
}

/// What a node passes on is marked, and what is marked goes no further: two nodes that
/// take each other for the owner would send it to and fro.
template <class Message>
void pass_hint(self_t self, const caf::actor& there, Message hint) {
  if (!there || hint.passed_on) {
    ++self->state.not_mine_total;
    return;
  }
  ++self->state.passed_on_total;
  hint.passed_on = true;
  caf::anon_send(there, std::move(hint));
}

/// The region of the node that runs the dial scheduler; null when it cannot be reached.
caf::actor region_of_scheduler(self_t self) {
  const auto there = self->state.peers.find(self->state.scheduler_owner);
  return there == self->state.peers.end() ? caf::actor{} : there->second;
}

caf::result<line_share_list> line_shares_of(self_t self, const get_line_shares& ask) {
  if (self->state.scheduler)
    return self->delegate(self->state.scheduler, ask);
  const auto there = region_of_scheduler(self);
  if (!there || ask.passed_on)
    return caf::make_error(errc::unavailable, "the dial scheduler is changing nodes");
  auto promise = self->make_response_promise<line_share_list>();
  self->request(there, owner_timeout, get_line_shares{true})
      .then(
          [promise](line_share_list& list) mutable { promise.deliver(std::move(list)); },
          [promise](const caf::error&) mutable {
            promise.deliver(
                caf::make_error(errc::unavailable, "the dial scheduler does not answer"));
          });
  return promise;
}

caf::result<call_actor>
find(self_t self, const region_ports& ports, const find_call& ask) {
  auto here = ask;
  here.node.clear();
  if (ask.node.empty() || ask.node == self->state.node)
    return self->delegate(ports.calls, here);
  const auto there = self->state.peers.find(ask.node);
  if (there == self->state.peers.end())
    return caf::make_error(errc::unavailable, "the call's node cannot be reached");
  auto promise = self->make_response_promise<call_actor>();
  self->request(there->second, owner_timeout, here)
      .then([promise](const call_actor& call) mutable { promise.deliver(call); },
            [promise](caf::error& why) mutable {
              if (why.category() == caf::atom("caly"))
                promise.deliver(std::move(why));
              else
                promise.deliver(caf::make_error(errc::unavailable,
                                                "the call's node does not answer"));
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
        const auto more = take(self, owned);
        take_scheduler(self, ports, owned);
        if (more)
          look(self, ports); // whoever waits there waited long enough
        ask_owners_again(self, ports);
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
        if (hint.why == owner_hint)
          return ask_owners_again(self, ports);
        if (const auto here = tenant_here(self, ports, hint.tenant))
          self->send(here, hint);
        else
          pass_hint(self, region_of(self, hint.tenant), hint);
      },
      [=](const line_demand& demand) {
        if (self->state.scheduler)
          self->send(self->state.scheduler, demand);
        else
          pass_hint(self, region_of_scheduler(self), demand);
      },
      [=](const line_limit& limit) {
        if (const auto here = self->state.tenants.find(limit.tenant);
            here != self->state.tenants.end())
          self->send(here->second.actor, limit);
        else
          pass_hint(self, region_of(self, limit.tenant), limit);
      },
      [=](const get_line_shares& ask) { return line_shares_of(self, ask); },
      [=](const place_single_call& ask) { return place_single(self, ports, ask); },
      [=](const find_call& ask) { return find(self, ports, ask); },
      [=](const get_status&) {
        const auto& state = self->state;
        status_report report;
        caf::put(report, "shards", state.fences.size());
        caf::put(report, "tenants", state.tenants.size());
        caf::put(report, "peers", state.peers.size());
        caf::put(report, "scheduler", static_cast<bool>(state.scheduler));
        caf::put(report, "started_total", state.started_total);
        caf::put(report, "passed_on_total", state.passed_on_total);
        caf::put(report, "waiting", state.waiting.size());
        caf::put(report, "not_mine_total", state.not_mine_total);
        return report;
      },
  };
}

} // namespace caly
