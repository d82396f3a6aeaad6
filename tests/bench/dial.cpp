// The whole dial protocol against PostgreSQL with a carrier that does nothing: reserve,
// mark, answered, ended; ledger, both limits, retries and permits included. Prints
// attempts a second and the CPU time of an attempt here and in the database.
//   bench_dial [ATTEMPTS] [TENANTS] [CALLS AT ONCE PER TENANT] [WORKERS]
// The database is CALY_TEST_DATABASE_URL or a private one with fsync on.

#include "actors/model/shard.hpp"
#include "storage/stores/stores.hpp"
#include "tests/bench/cpu_time.hpp"
#include "tests/support/postgres.hpp"

#include <caf/all.hpp>
#include <pqxx/pqxx>

#include <chrono>
#include <cstdio>
#include <latch>

namespace {

using namespace caly;
using namespace std::chrono_literals;

struct plan {
  int attempts = 100'000;
  int tenants = 20;
  int at_once = 10;
  std::uint32_t workers = store_options{}.dial_workers;
};

struct target {
  tenant_id tenant;
  campaign_id campaign;
};

/// Lays a tenant with a running campaign of `rows` people.
target lay_tenant(pqxx::connection& at, int number, int rows, int at_once) {
  target out{tenant_id::make(), campaign_id::make()};
  const auto agent = agent_id::make().sql();
  const auto import = import_id::make().sql();
  const auto tenant = out.tenant.sql();
  pqxx::work txn{at};
  const auto run = [&](const std::string& sql, const auto&... with) {
    txn.exec_params(sql, with...);
  };
  run("insert into tenants (tenant_id, name) values ($1, 'T')", tenant);
  run("insert into tenant_route (tenant_id, shard) values ($1, $2)",
      tenant,
      shard_of(out.tenant));
  run("insert into pools (scope, cap) values ('tenant:' || $1, $2)", tenant, at_once);
  run("insert into credit_balances (tenant_id, balance_micros) values ($1, "
      "1000000000000)",
      tenant);
  run("insert into ledger (tenant_id, key, kind, amount_micros) "
      "values ($1, 'topup:start', 'topup', 1000000000000)",
      tenant);
  run("insert into agents (tenant_id, id, slug, name, sector, kind, languages) "
      "values ($1, $2, 'a', 'A', 's', 'both', '{en}')",
      tenant,
      agent);
  run("insert into agent_versions (tenant_id, agent_id, version, profile) "
      "values ($1, $2, 1, '{}')",
      tenant,
      agent);
  run("insert into imports (tenant_id, id, content_key, file_name, default_country) "
      "values ($1, $2, 'k', 'a.csv', 'IN')",
      tenant,
      import);
  run("insert into call_campaigns (tenant_id, id, name, status, agent_id, agent_version, "
      "import_id, from_number, concurrency, started_at) "
      "values ($1, $2, 'C', 'running', $3, 1, $4, $5, 1000, now())",
      tenant,
      out.campaign.sql(),
      agent,
      import,
      "+1202555" + std::to_string(1000 + number));
  run("insert into contacts (tenant_id, id, phone, name, time_zone, variables) "
      "select $1, gen_random_uuid(), '+91' || (9000000000 + i), 'Person', "
      "'Asia/Kolkata', "
      "'{\"order_id\":\"A1\"}' from generate_series(1, $2::int) i",
      tenant,
      rows);
  run("insert into import_contacts (tenant_id, import_id, contact_id, row_no, variables) "
      "select $1, $2, id, row_number() over (order by phone), '{\"order_id\":\"A1\"}' "
      "from contacts where tenant_id = $1",
      tenant,
      import);
  run("insert into call_queue (tenant_id, campaign_id, contact_id, row_no) "
      "select $1, $2, contact_id, row_no from import_contacts where tenant_id = $1 "
      "order by row_no",
      tenant,
      out.campaign.sql());
  txn.commit();
  return out;
}

struct driver_state {
  int todo = 0; ///< not reserved yet
  int open = 0; ///< not ended yet
  int free = 0; ///< lines
  bool asking = false;
  bool flush_due = false;
};

/// Keeps a tenant's lines busy the way its actor does: lines that became free while its
/// mailbox was worked off ask together.
class driver {
public:
  driver(caf::stateful_actor<driver_state>* self,
         dial_store_actor store,
         target whom,
         std::latch& done)
      : self_{self},
        store_{std::move(store)},
        whom_{whom},
        done_{done},
        owner_{shard_of(whom.tenant), 7, "node-a"} {}

  void reserve() {
    auto& state = self_->state;
    state.flush_due = false;
    if (state.asking || state.free == 0 || state.todo == 0)
      return;
    std::vector<call_id> ids;
    for (int i = 0; i < std::min(state.free, state.todo); ++i)
      ids.push_back(call_id::make());
    state.asking = true;
    self_->request(store_, 60s, reserve_calls{whom_.tenant, whom_.campaign, owner_, ids})
        .then(
            [this](const reservation& got) {
              auto& state = self_->state;
              state.asking = false;
              state.free -= static_cast<int>(got.calls.size());
              state.todo -= static_cast<int>(got.calls.size());
              if (got.calls.empty())
                return finish("nothing reserved: " + to_string(got.stop));
              mark(got);
            },
            [this](const caf::error& reason) { finish(to_string(reason)); });
  }

private:
  void mark(const reservation& got) {
    std::vector<call_id> ids;
    for (const auto& call : got.calls)
      ids.push_back(call.id);
    self_->request(store_, 60s, mark_sending{whom_.tenant, owner_, std::move(ids)})
        .then(
            [this](const sendable_calls& sendable) {
              for (const auto& call : sendable.calls)
                place(call);
            },
            [this](const caf::error& reason) { finish(to_string(reason)); });
  }

  void place(const call_id& call) {
    self_
        ->request(
            store_,
            60s,
            record_answered{
                whom_.tenant, call, create_result::placed, "CA" + call.sql(), "", 0})
        .then([this, call](const std::string&) { end(call); },
              [this](const caf::error& reason) { finish(to_string(reason)); });
  }

  void end(const call_id& call) {
    const auto now = to_unix_ms(std::chrono::system_clock::now());
    self_
        ->request(store_,
                  60s,
                  record_progress{
                      whom_.tenant, call, "completed", "", "completed", 30, "", now})
        .then(
            [this](const progress_answer&) {
              auto& state = self_->state;
              ++state.free;
              if (--state.open == 0)
                return finish({});
              if (!state.flush_due) {
                state.flush_due = true;
                self_->send(self_, 1);
              }
            },
            [this](const caf::error& reason) { finish(to_string(reason)); });
  }

  void finish(const std::string& problem) {
    if (!problem.empty())
      std::fprintf(stderr, "stopped: %s\n", problem.c_str());
    if (!finished_)
      done_.count_down();
    finished_ = true;
  }

  caf::stateful_actor<driver_state>* self_;
  dial_store_actor store_;
  target whom_;
  std::latch& done_;
  fence_token owner_;
  bool finished_ = false;
};

void own_all_shards(pqxx::connection& at) {
  pqxx::work txn{at};
  txn.exec(
      "insert into nodes (node_id, incarnation, basp_host, basp_port, http_url, build, "
      "state, lease_until) values ('node-a', 1, '', 0, '', '', 'up', now() + "
      "interval '1 day')");
  txn.exec("update shards set owner = 'node-a', owner_incarnation = 1, fence = 7");
  txn.commit();
}

int check_books(pqxx::connection& at, int attempts) {
  pqxx::nontransaction txn{at};
  const auto row =
      txn.exec1("select (select count(*) from calls where status = 'completed'), "
                "(select sum(used) from pools), "
                "(select sum(held_micros) from credit_balances), "
                "(select count(*) from call_queue where state = 'done')");
  const bool right = row[0].as<int>() == attempts && row[1].as<int>() == 0 &&
                     row[2].as<int>() == 0 && row[3].as<int>() == attempts;
  std::printf("books: calls %s done %s permits %s held %s: %s\n",
              row[0].c_str(),
              row[3].c_str(),
              row[1].c_str(),
              row[2].c_str(),
              right ? "right" : "WRONG");
  return right ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  plan what;
  if (argc > 1)
    what.attempts = std::atoi(argv[1]);
  if (argc > 2)
    what.tenants = std::atoi(argv[2]);
  if (argc > 3)
    what.at_once = std::atoi(argv[3]);
  if (argc > 4)
    what.workers = static_cast<std::uint32_t>(std::atoi(argv[4]));
  const int rows = what.attempts / what.tenants;
  setenv("CALY_TEST_FSYNC", "on", 0);

  store_options options;
  options.database.url = test::fresh_database();
  options.database.role = "caly_app";
  options.dial.calls_per_s = 1e6;
  options.dial_workers = what.workers;
  pqxx::connection admin{options.database.url};
  own_all_shards(admin);
  pqxx::nontransaction{admin}.exec(
      "insert into pools (scope, cap) values ('system', 200)");
  std::vector<target> targets;
  for (int i = 0; i < what.tenants; ++i)
    targets.push_back(lay_tenant(admin, i, rows, what.at_once));
  pqxx::nontransaction{admin}.exec("vacuum analyze");

  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing")); // idle threads do not spin
  caf::actor_system system{config};
  auto stores = start_stores(system, options);
  std::latch done{what.tenants};
  const auto server = bench::parent_of(admin.backendpid());
  const auto own = bench::own_cpu_s();
  const auto theirs = bench::server_cpu_s(server);
  const auto start = std::chrono::steady_clock::now();
  std::vector<caf::actor> drivers;
  for (const auto& each : targets)
    drivers.push_back(system.spawn([&](caf::stateful_actor<driver_state>* self) {
      auto work = std::make_shared<driver>(self, stores.dial, each, done);
      self->state.todo = self->state.open = rows;
      self->state.free = what.at_once;
      work->reserve();
      return caf::behavior{[work](int) { work->reserve(); }};
    }));
  done.wait();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const double attempts = rows * what.tenants;
  const auto own_ms = (bench::own_cpu_s() - own) * 1000 / attempts;
  const auto their_ms = (bench::server_cpu_s(server) - theirs) * 1000 / attempts;
  std::printf("%.0f attempts, %d tenants x %d: %.0f/s, CPU ms an attempt: caly %.4f "
              "postgres %.4f in all %.4f\n",
              attempts,
              what.tenants,
              what.at_once,
              attempts / wall.count(),
              own_ms,
              their_ms,
              own_ms + their_ms);
  for (auto& each : drivers)
    caf::anon_send_exit(each, caf::exit_reason::kill);
  caf::anon_send_exit(stores.records, caf::exit_reason::kill);
  caf::anon_send_exit(stores.calls, caf::exit_reason::kill);
  caf::anon_send_exit(stores.imports, caf::exit_reason::kill);
  caf::anon_send_exit(stores.dial, caf::exit_reason::kill);
  drivers.clear();
  stores = {};
  return check_books(admin, rows * what.tenants);
}
