#pragma once

#include "actors/call/calls.hpp"
#include "actors/tenant/tenant.hpp"
#include "storage/memory/dial_store.hpp"
#include "tests/simulation/phone_company.hpp"
#include "tests/simulation/sim_stores.hpp"

#include <array>

namespace caly::test {

/// Two nodes that dial the campaigns of two tenants: the real tenant, campaign, calls and
/// call actors over the memory twin of the dial store and a phone company that does what
/// it likes. While the faults last, messages are handled in any order, actors and nodes
/// crash between any two steps, and shards move while their old owner still believes in
/// them. One seed is one run.
class dial_sim {
public:
  /// A mistake made on purpose, which the checks must find.
  enum class planted { nothing, fence_unchecked, released_on_take_over, sent_again };

  explicit dial_sim(std::uint32_t seed, planted mistake = planted::nothing);
  ~dial_sim();

  dial_sim(const dial_sim&) = delete;
  dial_sim& operator=(const dial_sim&) = delete;

  /// Runs until everything is dialed and settled, or for too long; `env().violations`
  /// says what went wrong.
  void run();

  sim_env& env() noexcept { return env_; }

private:
  struct node {
    std::string name;
    caly::calls_actor calls;
    bool up = true;
  };

  struct shard_owner {
    tenant_id id;
    std::int32_t shard = 0;
    std::size_t node = 0;
    std::int64_t fence = 1;
    tenant_actor actor;
    bool starting = false;
  };

  // -- the world

  /// Ends with the simulation.
  template <class Handle>
  Handle keep(Handle actor) {
    supports_.push_back(caf::actor_cast<caf::actor_addr>(actor));
    return actor;
  }

  void lay_rows();
  void add_campaign(memory::dial_model::account& who, std::int32_t people);
  void start_node(node& which);
  tenant_ports ports_on(const node& which);
  call_ports call_ports_on();
  void start_tenant(shard_owner& owner);
  void take_webhook(const record_progress& event, int tries);

  // -- what happens
  void settle_mailboxes();
  void move_time();
  void look();
  void operate();
  void maybe_crash();
  void crash_actor(const std::string& kind);
  void crash_node();
  void move_shard();

  // -- what must hold
  void check_books();
  bool all_done();
  bool rows_final() const;
  std::uint64_t alive(const std::string& kind);
  void check_end();
  void check_charges();
  std::string leftovers();

  sim_env env_;
  phone_company phones_;
  dial_store_actor store_;
  records_actor records_;
  call_store_actor rows_;
  carrier_actor carrier_;
  insight_actor insight_;
  std::array<node, 2> nodes_;
  std::vector<shard_owner> owners_;
  std::vector<std::string> phones_listed_;
  std::int64_t next_id_ = 0;
  std::vector<caf::actor_addr> supports_;
};

} // namespace caly::test
