// Committed contacts and list rows of an import through the import store, without the CSV
// reader (bench_csv_parse measures that part).
//   bench_import [ROWS] [ROWS IN A BATCH] [ROUNDS]
// The database is CALY_TEST_DATABASE_URL or a private one with fsync on.

#include "storage/stores/stores.hpp"
#include "tests/bench/cpu_time.hpp"
#include "tests/support/postgres.hpp"

#include <caf/all.hpp>
#include <pqxx/pqxx>

#include <chrono>
#include <cstdio>

namespace {

using namespace caly;
using namespace std::chrono_literals;

std::vector<import_row> make_rows(int from, int count) {
  std::vector<import_row> out(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    auto& row = out[static_cast<std::size_t>(i)];
    const auto number = std::to_string(from + i);
    row.row_no = from + i;
    row.phone = "+91" + std::to_string(9'000'000'000 + from + i);
    row.name = "Sharma, Person " + number;
    row.time_zone = "Asia/Kolkata";
    row.variables = R"({"email":"person)" + number +
                    R"(@example.com","city":"Mumbai","order_id":"ORD-)" + number +
                    R"(","note":"Follow up this week"})";
  }
  return out;
}

} // namespace

int main(int argc, char** argv) {
  const int rows = argc > 1 ? std::atoi(argv[1]) : 100'000;
  const int batch = argc > 2 ? std::atoi(argv[2]) : 5'000;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 3;
  setenv("CALY_TEST_FSYNC", "on", 0);
  store_options options;
  options.database.url = test::fresh_database();
  options.database.role = "caly_app";
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto stores = start_stores(system, options);
  pqxx::connection admin{options.database.url};
  const auto server = bench::parent_of(admin.backendpid());
  caf::scoped_actor self{system};
  int failed = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto tenant = tenant_id::make();
    pqxx::nontransaction{admin}.exec_params(
        "insert into tenants (tenant_id, name) values ($1, 'T')", tenant.sql());
    std::vector<std::vector<import_row>> all;
    for (int i = 0; i < rows; i += batch)
      all.push_back(make_rows(i + 1, std::min(batch, rows - i)));
    const auto own = bench::own_cpu_s();
    const auto theirs = bench::server_cpu_s(server);
    const auto start = std::chrono::steady_clock::now();
    const auto import = import_id::make();
    const auto ask = [&](auto message, auto answer) {
      self->request(stores.imports, 60s, std::move(message))
          .receive([&](decltype(answer)&) {},
                   [&](caf::error& reason) {
                     ++failed;
                     std::fprintf(stderr, "%s\n", to_string(reason).c_str());
                   });
    };
    ask(begin_import{tenant, import, "key", "a.csv", "IN", "{}"}, import_begun{});
    for (auto& each : all)
      ask(save_import_rows{tenant, import, std::move(each), {}}, std::uint64_t{});
    ask(finish_import{tenant, import, "[]", "{}", "[]", "", ""}, true);
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const auto own_ms = (bench::own_cpu_s() - own) * 1000 / rows;
    const auto their_ms = (bench::server_cpu_s(server) - theirs) * 1000 / rows;
    std::printf("%d rows in batches of %d: %.0f rows/s, CPU ms a row: caly %.5f postgres "
                "%.5f in all %.5f\n",
                rows,
                batch,
                rows / wall.count(),
                own_ms,
                their_ms,
                own_ms + their_ms);
    const auto kept = pqxx::nontransaction{admin}.exec_params1(
        "select imported from imports where id = $1", import.sql());
    failed += kept[0].as<int>() == rows ? 0 : 1;
  }
  for (const auto& each : {caf::actor_cast<caf::actor>(stores.records),
                           caf::actor_cast<caf::actor>(stores.dial),
                           caf::actor_cast<caf::actor>(stores.calls),
                           caf::actor_cast<caf::actor>(stores.imports)})
    caf::anon_send_exit(each, caf::exit_reason::kill);
  stores = {};
  return failed == 0 ? 0 : 1;
}
