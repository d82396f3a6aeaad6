#include "tests/simulation/sim_node.hpp"

#include "actors/campaign/campaign.hpp"
#include "actors/scheduler/dial_scheduler.hpp"
#include "runtime/base/json.hpp"
#include "runtime/supervision/exit.hpp"

#include <algorithm>
#include <utility>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// `cluster.stall_max`: a process that stood still for longer ends itself.
constexpr auto stall_max = 3s;

insight_actor::behavior_type no_insight(insight_actor::pointer) {
  return {[](const analyse_call&) {}, [](const get_status&) { return status_report{}; }};
}

} // namespace

sim_node::sim_node(sim_env& env,
                   sim_database& database,
                   sim_network& network,
                   carrier_actor phones,
                   int index)
    : env_{env},
      client_{index, "n" + std::to_string(index + 1), false},
      lines_{start_lines(env, database, client_)},
      phones_{std::move(phones)},
      links_{env, network, *this},
      insight_{env.fx.sys.spawn(no_insight)} {}

template <class Handle>
Handle sim_node::own(Handle actor) {
  env_.own(actor.id(), index());
  roots_.push_back(actor.address());
  return actor;
}

void sim_node::start() {
  auto& sys = env_.fx.sys;
  up_ = true;
  frozen_ = false;
  steps_left_.reset();
  ++life_;
  env_.saw(name(), "started");
  calls_ = role<calls_actor>{sys};
  region_ = role<region_actor>{sys};
  egress_ = own(sys.spawn(egress, &env_, &client_, phones_));
  start_calls();
  start_region();
  webhooks_ = own(sys.spawn(webhook_door, lines_.dial));
  api_ = own(sys.spawn(api_door, region()));
  links_.start();
  start_member();
}

void sim_node::start_calls() {
  call_ports ports{lines_.dial,
                   lines_.calls,
                   lines_.records,
                   egress_,
                   insight_,
                   [this] { return now(); },
                   call_voices{},
                   name()};
  ports.boot_now = [this] { return env_.boot_now(); };
  calls_.fill(own(spawn<calls_actor, calls_state>(
      env_.fx.sys, {"calls", name(), ""}, calls_of_node, call_options{}, ports)));
}

tenant_ports sim_node::ports_of_tenants() {
  tenant_ports out;
  out.store = lines_.dial;
  out.records = lines_.records;
  out.calls = calls();
  out.carriers = egress_;
  out.insight = insight_;
  out.call_rows = lines_.calls;
  out.region = region();
  out.clock = [this] { return now(); };
  out.start_campaign = [records = lines_.records,
                        clock = out.clock](caf::local_actor& parent,
                                           const tenant_id& tenant,
                                           const campaign_id& id,
                                           const json& row,
                                           const tenant_actor& owner) {
    campaign_plan plan;
    plan.concurrency = static_cast<std::uint32_t>(row["concurrency"].int_or(1));
    return spawn<campaign_actor, campaign_state>(parent,
                                                 {"campaign", id.str(), tenant.str()},
                                                 campaign,
                                                 tenant,
                                                 id,
                                                 plan,
                                                 campaign_ports{records, owner, clock});
  };
  return out;
}

void sim_node::start_region() {
  region_ports ports;
  ports.records = lines_.records;
  ports.start_tenant = [tenants = ports_of_tenants()](caf::local_actor& parent,
                                                      const tenant_id& id,
                                                      const fence_token& fence) {
    tenant_options options;
    options.default_from = "+12025550100";
    return spawn<tenant_actor, tenant_state>(
        parent, {"tenant", id.str(), id.str()}, tenant, id, fence, options, tenants);
  };
  ports.start_scheduler = [this](caf::local_actor& parent, const region_actor& region) {
    return spawn<dial_scheduler_actor, dial_scheduler_state>(
        parent,
        {"dial_scheduler", "", ""},
        dial_scheduler,
        dial_scheduler_ports{lines_.records, region, [this] { return now(); }});
  };
  region_.fill(own(spawn<region_actor, region_state>(
      env_.fx.sys, {"region", name(), ""}, region_of_node, name(), ports)));
}

void sim_node::start_member() {
  self_ = {};
  member_options options;
  options.join.node = name();
  options.join.process = name() + "-" + std::to_string(life_);
  member_ports ports;
  ports.store = lines_.cluster;
  ports.region = region();
  ports.on_dead = [this] { env_.doom(index()); };
  // What was killed stands in the way of the next process for two seconds; whoever runs
  // the processes tries again.
  ports.on_refused = [this](const caf::error&) {
    env_.saw(name(), "refused by the cluster");
    env_.doom(index());
  };
  ports.on_fenced = [this] { env_.saw(name(), "stood down"); };
  ports.on_view = [this](const node_identity& self,
                         const cluster_view& view,
                         const member_actor& from) {
    self_ = self;
    links_.see(self, view, from);
  };
  member_ = own(spawn<member_actor, member_state>(
      env_.fx.sys, {"member", name(), ""}, caly::member, options, ports));
}

void sim_node::release_parked() {
  auto& jobs = env_.fx.sched.jobs;
  jobs.insert(jobs.end(), parked_.begin(), parked_.end());
  parked_.clear();
}

void sim_node::kill() {
  if (!up_)
    return;
  env_.saw(name(), "killed");
  up_ = false;
  frozen_ = false;
  ++life_; // whatever waits for this process is too late
  self_ = {};
  release_parked();
  for (const auto& each : env_.fx.table().all())
    if (env_.owner_of(each->id) == index())
      kill_actor(each->address);
  for (const auto& each : std::exchange(roots_, {}))
    kill_actor(each);
  env_.fx.sched.run_jobs_filtered([this](caf::resumable* job) {
    const auto* actor = dynamic_cast<caf::scheduled_actor*>(job);
    return actor != nullptr && env_.owner_of(actor->id()) == index();
  });
  egress_ = nullptr;
  member_ = nullptr;
  webhooks_ = nullptr;
  api_ = nullptr;
}

void sim_node::freeze() {
  if (!up_ || frozen_)
    return;
  env_.saw(name(), "frozen");
  frozen_ = true;
  frozen_at_ = env_.now();
}

void sim_node::thaw() {
  if (!frozen_)
    return;
  env_.saw(name(), "thawed");
  frozen_ = false;
  release_parked();
  if (env_.now() - frozen_at_ <= stall_max)
    return;
  steps_left_ = static_cast<std::uint32_t>(env_.between(0, 60));
  env_.after(env_.ms_between(0, 100), [this, life = life_] {
    if (life_ == life)
      env_.doom(index());
  });
}

void sim_node::stepped() {
  if (!steps_left_ || (*steps_left_)-- > 0)
    return;
  env_.saw(name(), "killed by its watchdog");
  env_.doom(index());
}

bool sim_node::crash_actor(const std::string& kind) {
  std::vector<caf::actor_addr> found;
  for (const auto& each : env_.fx.table().all())
    if (each->label.kind == kind && env_.owner_of(each->id) == index())
      found.push_back(each->address);
  if (found.empty())
    return false;
  env_.saw(name(), "actor crashed", kind);
  env_.count("crashed " + kind);
  kill_actor(found[env_.dice() % found.size()], caf::exit_reason::unhandled_exception);
  // The supervisor starts these again.
  if (kind == "calls" || kind == "region")
    env_.after(env_.ms_between(50, 1000), [this, kind, life = life_] {
      if (life_ == life)
        kind == "calls" ? start_calls() : start_region();
    });
  return true;
}

} // namespace caly::test
