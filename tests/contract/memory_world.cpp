#include "storage/memory/dial_store.hpp"
#include "tests/contract/worlds.hpp"

namespace caly::test {

namespace {

class memory_world : public store_world {
public:
  memory_world(const dial_options& options, wall_clock clock)
      : model_{std::make_shared<memory::dial_model>(options)}, clock_{std::move(clock)} {}

  dial_store_actor start(caf::actor_system& system) override {
    return spawn<dial_store_actor, memory::dial_store_state>(
        system, {"dial_store", "memory", {}}, memory::dial_store, model_, clock_);
  }

  void set_system_cap(std::int32_t cap) override { model_->system_cap = cap; }

  void
  own_shard(std::int32_t shard, const std::string& node, std::int64_t fence) override {
    model_->shards[shard] = {node, fence};
  }

  void add_tenant(const tenant_id& tenant, const tenant_plan& plan) override {
    auto& row = at(tenant).row;
    row.cap = plan.cap;
    row.balance = plan.balance;
    row.contact_gap_s = plan.contact_gap_s;
    row.daily_cap = plan.daily_cap;
    at(tenant).ledger["topup:start"] = {"topup", plan.balance};
  }

  void add_agent(const tenant_id& tenant, const agent_id& agent) override {
    at(tenant).agents[agent] = 1;
  }

  void add_contact(const tenant_id& tenant,
                   const contact_id& contact,
                   const std::string& phone,
                   const std::string& zone) override {
    auto& row = at(tenant).contacts[contact];
    row.phone = phone;
    row.zone = zone;
  }

  void add_campaign(const tenant_id& tenant,
                    const campaign_id& campaign,
                    const agent_id& agent,
                    const campaign_plan_row& plan) override {
    auto& row = at(tenant).campaigns[campaign];
    row.agent = agent;
    row.concurrency = plan.concurrency;
    row.max_attempts = plan.max_attempts;
    row.retry_lost = plan.retry_lost;
    row.from = plan.from;
    if (plan.window) {
      row.window.emplace();
      row.window->days = {1, 2, 3, 4, 5};
    }
  }

  void enqueue(const tenant_id& tenant,
               const campaign_id& campaign,
               const contact_id& contact,
               std::int32_t row_no) override {
    at(tenant).queue[{campaign, contact}].row_no = row_no;
  }

  void suppress(const tenant_id& tenant, const std::string& phone) override {
    at(tenant).suppressions.insert(phone);
  }

  void set_status(const tenant_id& tenant,
                  const campaign_id& campaign,
                  const std::string& status) override {
    at(tenant).campaigns[campaign].status = status;
  }

  void set_balance(const tenant_id& tenant, std::int64_t balance) override {
    auto& who = at(tenant);
    who.ledger["adjust:" + std::to_string(++adjustments_)] = {"adjust",
                                                              balance - who.row.balance};
    who.row.balance = balance;
  }

  call_seen call(const tenant_id& tenant, const call_id& id) override {
    const auto& row = at(tenant).calls.at(id);
    return {row.state,
            row.status,
            row.end_reason,
            row.provider_call_id,
            row.analysis,
            row.charged,
            row.duration_s,
            row.overdraft,
            row.answered_at.has_value()};
  }

  row_seen row(const tenant_id& tenant,
               const campaign_id& campaign,
               const contact_id& contact) override {
    const auto& row = at(tenant).queue.at({campaign, contact});
    return {row.state,
            row.attempts,
            row.last_outcome,
            row.reason,
            row.next_at == wall_time::min() ? 0 : to_unix_ms(row.next_at)};
  }

  money_seen money(const tenant_id& tenant) override {
    const auto& who = at(tenant);
    money_seen out{who.row.balance, who.row.held, 0, 0};
    for (const auto& [key, line] : who.ledger) {
      const auto hold = line.kind == "hold";
      if (line.kind != "charge")
        out.ledger_balance += hold ? -line.amount : line.amount;
      if (hold || line.kind == "charge" || line.kind == "release")
        out.ledger_held += hold ? line.amount : -line.amount;
    }
    return out;
  }

  lines_seen lines(const tenant_id& tenant) override {
    const auto& who = at(tenant);
    lines_seen out{model_->system_used, who.row.used, 0};
    for (const auto& [id, call] : who.calls)
      out.live += call.live() ? 1 : 0;
    return out;
  }

private:
  memory::dial_model::account& at(const tenant_id& tenant) {
    return model_->accounts[tenant];
  }

  std::shared_ptr<memory::dial_model> model_;
  wall_clock clock_;
  int adjustments_ = 0;
};

} // namespace

std::unique_ptr<store_world> make_memory_world(const dial_options& options,
                                               const wall_clock& clock) {
  return std::make_unique<memory_world>(options, clock);
}

} // namespace caly::test
