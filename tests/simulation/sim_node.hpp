#pragma once

#include "actors/call/calls.hpp"
#include "actors/region/region.hpp"
#include "actors/tenant/tenant.hpp"
#include "cluster/membership/member.hpp"
#include "runtime/supervision/role.hpp"
#include "tests/simulation/node_doors.hpp"
#include "tests/simulation/node_lines.hpp"
#include "tests/simulation/node_links.hpp"

#include <caf/resumable.hpp>

#include <chrono>
#include <deque>
#include <vector>

namespace caly::test {

/// One node of the simulated cluster: the real region with its tenants, campaigns and
/// dial scheduler, the real calls and member, over lines to the simulated database and
/// doors to the provider. It can be killed, frozen, cut off, and lied to about the time.
class sim_node {
public:
  sim_node(sim_env& env,
           sim_database& database,
           sim_network& network,
           carrier_actor phones,
           int index);

  // -- its life

  void start();

  /// All its actors are gone when this returns.
  void kill();

  /// Handles nothing any more; what comes in waits.
  void freeze();

  /// Goes on. A process that stood still for too long is killed by its watchdog, but some
  /// of it may run first.
  void thaw();

  /// One of its actors handled a message.
  void stepped();

  /// Ends one actor of `kind` as a crash would; false when it has none.
  bool crash_actor(const std::string& kind);

  /// Its wall clock is wrong by so much.
  void set_clock(std::chrono::milliseconds offset) { clock_offset_ = offset; }

  void cut_database(bool cut) { client_.cut_off = cut; }

  /// A job of a frozen node waits for the thaw.
  void park(caf::resumable* job) { parked_.push_back(job); }

  // -- what it is

  const std::string& name() const noexcept { return client_.name; }

  int index() const noexcept { return client_.node; }

  bool up() const noexcept { return up_; }

  bool frozen() const noexcept { return frozen_; }

  bool cut_off() const noexcept { return client_.cut_off; }

  /// Counts its processes.
  std::uint64_t life() const noexcept { return life_; }

  /// As the cluster knows it; empty before it joined.
  const node_identity& self() const noexcept { return self_; }

  wall_time now() { return env_.now() + clock_offset_; }

  region_actor region() const { return region_.handle(); }

  calls_actor calls() const { return calls_.handle(); }

  const member_actor& member() const { return member_; }

  const caf::actor& webhooks() const { return webhooks_; }

  const caf::actor& api() const { return api_; }

  node_links& links() noexcept { return links_; }

private:
  void start_calls();
  void start_region();
  void start_member();
  tenant_ports ports_of_tenants();
  template <class Handle>
  Handle own(Handle actor);
  void release_parked();

  sim_env& env_;
  database_client client_;
  node_lines lines_;
  carrier_actor phones_;
  node_links links_;
  bool up_ = false;
  bool frozen_ = false;
  std::uint64_t life_ = 0;
  wall_time frozen_at_{};
  std::optional<std::uint32_t> steps_left_;
  std::chrono::milliseconds clock_offset_{0};
  node_identity self_;
  role<calls_actor> calls_;
  role<region_actor> region_;
  carrier_actor egress_;
  insight_actor insight_;
  member_actor member_;
  caf::actor webhooks_;
  caf::actor api_;
  std::vector<caf::actor_addr> roots_;
  std::deque<caf::resumable*> parked_;
};

} // namespace caly::test
