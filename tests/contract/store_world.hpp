#pragma once

#include "actors/api/dial_store.hpp"
#include "actors/model/shard.hpp"
#include "storage/stores/options.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <optional>
#include <set>
#include <string>

namespace caly::test {

struct tenant_plan {
  std::int64_t balance = 1'000'000'000;
  std::int32_t cap = 50;
  std::int32_t contact_gap_s = 0;
  std::int32_t daily_cap = 100;
};

struct campaign_plan_row {
  std::int32_t concurrency = 50;
  std::int32_t max_attempts = 3;
  bool retry_lost = false;
  std::string from = "+12025550100";
  bool window = false; ///< 09:00 to 20:00, Monday to Friday
};

struct call_seen {
  std::string state;
  std::string status;
  std::string end_reason;
  std::string provider_call_id;
  std::string analysis;
  std::int64_t charged = 0;
  std::int32_t duration_s = 0;
  bool overdraft = false;
  bool answered = false;

  friend bool operator==(const call_seen&, const call_seen&) = default;
};

struct row_seen {
  std::string state;
  std::int32_t attempts = 0;
  std::string last_outcome;
  std::string reason;
  std::int64_t next_at_ms = 0;

  friend bool operator==(const row_seen&, const row_seen&) = default;
};

struct money_seen {
  std::int64_t balance = 0;
  std::int64_t held = 0;
  std::int64_t ledger_balance = 0; ///< what the ledger's lines come to
  std::int64_t ledger_held = 0;

  friend bool operator==(const money_seen&, const money_seen&) = default;
};

struct lines_seen {
  std::int32_t system_used = 0;
  std::int32_t tenant_used = 0;
  std::int32_t live = 0; ///< calls that hold a permit
};

/// One implementation of the dial store with a way to lay rows and to look at them.
class store_world {
public:
  virtual ~store_world() = default;

  virtual dial_store_actor start(caf::actor_system& system) = 0;

  virtual void set_system_cap(std::int32_t cap) = 0;
  virtual void
  own_shard(std::int32_t shard, const std::string& node, std::int64_t fence) = 0;
  virtual void add_tenant(const tenant_id& tenant, const tenant_plan& plan) = 0;
  virtual void add_agent(const tenant_id& tenant, const agent_id& agent) = 0;
  virtual void add_contact(const tenant_id& tenant,
                           const contact_id& contact,
                           const std::string& phone,
                           const std::string& zone) = 0;
  virtual void add_campaign(const tenant_id& tenant,
                            const campaign_id& campaign,
                            const agent_id& agent,
                            const campaign_plan_row& plan) = 0;
  virtual void enqueue(const tenant_id& tenant,
                       const campaign_id& campaign,
                       const contact_id& contact,
                       std::int32_t row_no) = 0;
  virtual void suppress(const tenant_id& tenant, const std::string& phone) = 0;
  virtual void set_status(const tenant_id& tenant,
                          const campaign_id& campaign,
                          const std::string& status) = 0;
  virtual void set_balance(const tenant_id& tenant, std::int64_t balance) = 0;

  virtual call_seen call(const tenant_id& tenant, const call_id& id) = 0;
  virtual row_seen row(const tenant_id& tenant,
                       const campaign_id& campaign,
                       const contact_id& contact) = 0;
  virtual money_seen money(const tenant_id& tenant) = 0;
  virtual lines_seen lines(const tenant_id& tenant) = 0;
};

/// `kind` is `memory` or `postgres`.
std::unique_ptr<store_world>
make_world(const std::string& kind, const dial_options& options, const wall_clock& clock);

} // namespace caly::test
