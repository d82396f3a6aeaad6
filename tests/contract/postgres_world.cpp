#include "storage/stores/dial_store.hpp"
#include "tests/contract/worlds.hpp"
#include "tests/support/postgres.hpp"

#include <pqxx/pqxx>

namespace caly::test {

namespace {

/// Lays and reads rows as the superuser, whom row-level security does not bind; the store
/// under test works as `caly_app`.
class postgres_world : public store_world {
public:
  postgres_world(const dial_options& options, wall_clock clock)
      : url_{fresh_database()}, admin_{url_} {
    options_.database.url = url_;
    options_.database.role = "caly_app";
    options_.dial = options;
    options_.clock = std::move(clock);
    options_.dial_workers = 2;
    exec("insert into pools (scope, cap) values ('system', 1000)");
  }

  dial_store_actor start(caf::actor_system& system) override {
    return spawn<dial_store_actor, dial_store_state>(
        system, {"dial_store", "postgres", {}}, dial_store, options_);
  }

  void set_system_cap(std::int32_t cap) override {
    exec("update pools set cap = $1 where scope = 'system'", cap);
  }

  void
  own_shard(std::int32_t shard, const std::string& node, std::int64_t fence) override {
    exec(
        "insert into nodes (node_id, incarnation, basp_host, basp_port, http_url, build, "
        "state, lease_until) values ($1, 1, '', 0, '', '', 'up', now() + interval '1 "
        "day') "
        "on conflict do nothing",
        node);
    exec("update shards set owner = $2, owner_incarnation = 1, fence = $3 "
         "where kind = 'tenant' and id = $1",
         shard,
         node,
         fence);
  }

  void add_tenant(const tenant_id& tenant, const tenant_plan& plan) override {
    exec("insert into tenants (tenant_id, name, concurrent_calls_max, contact_gap_s, "
         "daily_cap_per_contact) values ($1, 'T', $2, $3, $4)",
         tenant.sql(),
         plan.cap,
         plan.contact_gap_s,
         plan.daily_cap);
    exec("insert into tenant_route (tenant_id, shard) values ($1, $2)",
         tenant.sql(),
         shard_of(tenant));
    exec("insert into pools (scope, cap) values ('tenant:' || $1, $2)",
         tenant.sql(),
         plan.cap);
    exec("insert into credit_balances (tenant_id, balance_micros) values ($1, $2)",
         tenant.sql(),
         plan.balance);
    exec("insert into ledger (tenant_id, key, kind, amount_micros) "
         "values ($1, 'topup:start', 'topup', $2)",
         tenant.sql(),
         plan.balance);
  }

  void add_agent(const tenant_id& tenant, const agent_id& agent) override {
    exec("insert into agents (tenant_id, id, slug, name, sector, kind, languages) "
         "values ($1, $2::uuid, $2::uuid::text, 'Asha', 'retail', 'both', '{en}')",
         tenant.sql(),
         agent.sql());
    exec("insert into agent_versions (tenant_id, agent_id, version, profile) "
         "values ($1, $2, 1, '{}')",
         tenant.sql(),
         agent.sql());
  }

  void add_contact(const tenant_id& tenant,
                   const contact_id& contact,
                   const std::string& phone,
                   const std::string& zone) override {
    exec("insert into contacts (tenant_id, id, phone, time_zone) "
         "values ($1, $2, $3, nullif($4, ''))",
         tenant.sql(),
         contact.sql(),
         phone,
         zone);
  }

  void add_campaign(const tenant_id& tenant,
                    const campaign_id& campaign,
                    const agent_id& agent,
                    const campaign_plan_row& plan) override {
    const auto import = import_id::make();
    exec("insert into imports (tenant_id, id, content_key, file_name, default_country) "
         "values ($1, $2::uuid, $2::uuid::text, 'a.csv', 'IN')",
         tenant.sql(),
         import.sql());
    exec("insert into call_campaigns (tenant_id, id, name, status, agent_id, "
         "agent_version, "
         "import_id, from_number, concurrency, max_attempts, retry_lost) "
         "values ($1, $2, 'C', 'running', $3, 1, $4, $5, $6, $7, $8)",
         tenant.sql(),
         campaign.sql(),
         agent.sql(),
         import.sql(),
         plan.from,
         plan.concurrency,
         plan.max_attempts,
         plan.retry_lost);
    if (plan.window)
      exec("update call_campaigns set window_from = '09:00', window_to = '20:00', "
           "window_days = '{1,2,3,4,5}' where id = $1",
           campaign.sql());
  }

  void enqueue(const tenant_id& tenant,
               const campaign_id& campaign,
               const contact_id& contact,
               std::int32_t row_no) override {
    exec("insert into call_queue (tenant_id, campaign_id, contact_id, row_no) "
         "values ($1, $2, $3, $4)",
         tenant.sql(),
         campaign.sql(),
         contact.sql(),
         row_no);
  }

  void suppress(const tenant_id& tenant, const std::string& phone) override {
    exec("insert into suppressions (tenant_id, phone, reason) values ($1, $2, 'asked')",
         tenant.sql(),
         phone);
  }

  void set_status(const tenant_id&,
                  const campaign_id& campaign,
                  const std::string& status) override {
    exec("update call_campaigns set status = $2 where id = $1", campaign.sql(), status);
  }

  void set_balance(const tenant_id& tenant, std::int64_t balance) override {
    exec(
        "insert into ledger (tenant_id, key, kind, amount_micros) "
        "select tenant_id, 'adjust:' || gen_random_uuid(), 'adjust', $2 - balance_micros "
        "from credit_balances where tenant_id = $1",
        tenant.sql(),
        balance);
    exec("update credit_balances set balance_micros = $2 where tenant_id = $1",
         tenant.sql(),
         balance);
  }

  call_seen call(const tenant_id&, const call_id& id) override {
    const auto row = exec("select state, status, coalesce(end_reason, ''), "
                          "coalesce(provider_call_id, ''), analysis, charged_micros, "
                          "coalesce(duration_s, 0), overdraft, answered_at is not null "
                          "from calls where id = $1",
                          id.sql())
                         .at(0);
    return {row[0].c_str(),
            row[1].c_str(),
            row[2].c_str(),
            row[3].c_str(),
            row[4].c_str(),
            row[5].as<std::int64_t>(),
            row[6].as<std::int32_t>(),
            row[7].as<bool>(),
            row[8].as<bool>()};
  }

  row_seen
  row(const tenant_id&, const campaign_id& campaign, const contact_id& contact) override {
    const auto row =
        exec("select state, attempts, coalesce(last_outcome, ''), coalesce(reason, ''), "
             "case when next_at = '-infinity' then 0 else (extract(epoch from next_at) * "
             "1000)::bigint end from call_queue where campaign_id = $1 and contact_id = "
             "$2",
             campaign.sql(),
             contact.sql())
            .at(0);
    return {row[0].c_str(),
            row[1].as<std::int32_t>(),
            row[2].c_str(),
            row[3].c_str(),
            row[4].as<std::int64_t>()};
  }

  money_seen money(const tenant_id& tenant) override {
    const auto row = exec("select balance, held, ledger_balance, ledger_held "
                          "from ledger_sums($1::uuid)",
                          tenant.sql())
                         .at(0);
    return {row[0].as<std::int64_t>(),
            row[1].as<std::int64_t>(),
            row[2].as<std::int64_t>(),
            row[3].as<std::int64_t>()};
  }

  lines_seen lines(const tenant_id& tenant) override {
    const auto row =
        exec("select (select used from pools where scope = 'system'), (select used from "
             "pools where scope = 'tenant:' || $1), (select count(*) from calls where "
             "tenant_id = $1::uuid and state in ('reserved', 'sending', 'placed', "
             "'unknown'))",
             tenant.sql())
            .at(0);
    return {
        row[0].as<std::int32_t>(), row[1].as<std::int32_t>(), row[2].as<std::int32_t>()};
  }

private:
  template <class... Ts>
  pqxx::result exec(const char* sql, const Ts&... arguments) {
    pqxx::nontransaction txn{admin_};
    return txn.exec_params(sql, arguments...);
  }

  std::string url_;
  pqxx::connection admin_;
  store_options options_;
};

} // namespace

std::unique_ptr<store_world> make_postgres_world(const dial_options& options,
                                                 const wall_clock& clock) {
  return std::make_unique<postgres_world>(options, clock);
}

std::unique_ptr<store_world> make_world(const std::string& kind,
                                        const dial_options& options,
                                        const wall_clock& clock) {
  if (kind == "memory")
    return make_memory_world(options, clock);
  return make_postgres_world(options, clock);
}

} // namespace caly::test
