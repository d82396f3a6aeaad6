// The statement behind GET /api/calls: pages of 50 of a tenant's calls, by the cursor of
// the page before, through the record store.
//   bench_calls_list [CALLS] [PAGES] [AT ONCE]
// The database is CALY_TEST_DATABASE_URL or a private one.

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

struct reader_state {
  int todo = 0;
  std::string cursor;
  std::size_t bytes = 0;
};

/// Reads page after page and starts over at the end.
class reader {
public:
  reader(caf::stateful_actor<reader_state>* self,
         records_actor records,
         tenant_id tenant,
         std::latch& done)
      : self_{self}, records_{std::move(records)}, tenant_{tenant}, done_{done} {}

  void next() {
    self_
        ->request(
            records_,
            60s,
            run_record{tenant_,
                       "calls.list",
                       {std::nullopt, std::nullopt, std::nullopt, self_->state.cursor},
                       50})
        .then(
            [this](const record_answer& page) {
              auto& state = self_->state;
              state.cursor = page.next_cursor;
              state.bytes = page.json.size();
              if (--state.todo == 0)
                done_.count_down();
              else
                next();
            },
            [this](const caf::error& reason) {
              std::fprintf(stderr, "%s\n", to_string(reason).c_str());
              done_.count_down();
            });
  }

private:
  caf::stateful_actor<reader_state>* self_;
  records_actor records_;
  tenant_id tenant_;
  std::latch& done_;
};

tenant_id lay_calls(pqxx::connection& at, int calls) {
  const auto tenant = tenant_id::make();
  const auto agent = agent_id::make().sql();
  pqxx::work txn{at};
  const auto run = [&](const std::string& sql, const auto&... with) {
    txn.exec_params(sql, with...);
  };
  run("insert into tenants (tenant_id, name) values ($1, 'T')", tenant.sql());
  run("insert into agents (tenant_id, id, slug, name, sector, kind, languages) "
      "values ($1, $2, 'a', 'Asha', 'retail', 'both', '{en}')",
      tenant.sql(),
      agent);
  run("insert into contacts (tenant_id, id, phone, name) select $1, gen_random_uuid(), "
      "'+91' || (9000000000 + i), 'Person ' || i from generate_series(1, 10000) i",
      tenant.sql());
  // Ids grow with time, as version 7 ids do.
  run("insert into calls (tenant_id, id, direction, state, status, contact_id, agent_id, "
      "agent_version, to_number, from_number, provider, node, fence, max_call_s, "
      "charged_micros, duration_s, created_at, placed_at, answered_at, ended_at) "
      "select $1, ('0193' || lpad(to_hex(i), 28, '0'))::uuid, 'outbound', 'ended', "
      "'completed', c.id, $2, 1, c.phone, '+12025550100', 'twilio', 'node-1', 1, 600, "
      "500000, 30, now(), now(), now(), now() from generate_series(1, $3::int) i "
      "join (select id, phone, row_number() over () as n from contacts where tenant_id = "
      "$1) c on c.n = i % 10000 + 1",
      tenant.sql(),
      agent,
      calls);
  run("insert into lead_analytics (tenant_id, call_id, status, sentiment, outcome, "
      "grade, "
      "model) select tenant_id, id, 'done', 'positive', 'interested', 'A', 'rules' "
      "from calls where tenant_id = $1",
      tenant.sql());
  txn.commit();
  return tenant;
}

} // namespace

int main(int argc, char** argv) {
  const int calls = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
  const int pages = argc > 2 ? std::atoi(argv[2]) : 20'000;
  const int at_once = argc > 3 ? std::atoi(argv[3]) : 64;
  store_options options;
  options.database.url = test::fresh_database();
  options.database.role = "caly_app";
  options.record_workers = 2;
  pqxx::connection admin{options.database.url};
  const auto tenant = lay_calls(admin, calls);
  pqxx::nontransaction{admin}.exec("vacuum analyze");
  caf::actor_system_config config;
  config.set("scheduler.policy", caf::atom("sharing")); // idle threads do not spin
  caf::actor_system system{config};
  auto stores = start_stores(system, options);
  const auto server = bench::parent_of(admin.backendpid());
  std::latch done{at_once};
  const auto own = bench::own_cpu_s();
  const auto theirs = bench::server_cpu_s(server);
  const auto start = std::chrono::steady_clock::now();
  std::vector<caf::actor> readers;
  for (int i = 0; i < at_once; ++i)
    readers.push_back(system.spawn([&](caf::stateful_actor<reader_state>* self) {
      auto work = std::make_shared<reader>(self, stores.records, tenant, done);
      self->state.todo = pages / at_once;
      work->next();
      return caf::behavior{[work](int) {}};
    }));
  done.wait();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const double count = pages / at_once * at_once;
  std::printf("%.0f pages of 50 of %d calls: %.0f/s, CPU ms a page: caly %.4f postgres "
              "%.4f\n",
              count,
              calls,
              count / wall.count(),
              (bench::own_cpu_s() - own) * 1000 / count,
              (bench::server_cpu_s(server) - theirs) * 1000 / count);
  for (auto& each : readers)
    caf::anon_send_exit(each, caf::exit_reason::kill);
  for (const auto& each : {caf::actor_cast<caf::actor>(stores.records),
                           caf::actor_cast<caf::actor>(stores.dial),
                           caf::actor_cast<caf::actor>(stores.calls),
                           caf::actor_cast<caf::actor>(stores.imports)})
    caf::anon_send_exit(each, caf::exit_reason::kill);
  readers.clear();
  stores = {};
}
