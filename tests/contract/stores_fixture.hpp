#pragma once

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "storage/stores/stores.hpp"
#include "tests/support/postgres.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <pqxx/pqxx>

#include <atomic>

namespace caly::test {

/// All stores over a database of their own, and one registered tenant.
class stores_fixture {
public:
  stores_fixture() : url{fresh_database()}, system{config}, self{system}, admin{url} {
    options.database.url = url;
    options.database.role = "caly_app";
    options.owner.url = url;
    options.clock = [this] {
      return wall_time{std::chrono::milliseconds{now_ms.load()}};
    };
    options.dial.hold_micros = 120;
    options.dial.price_per_minute_micros = 60;
    options.dial.calls_per_s = 10'000;
    options.system_calls_max = 100;
    BOOST_REQUIRE(!prepare_database(options));
    stores = start_stores(system, options);
    tenant = add_tenant("owner@example.com");
  }

  ~stores_fixture() {
    self->send_exit(stores.records, caf::exit_reason::user_shutdown);
    self->send_exit(stores.dial, caf::exit_reason::user_shutdown);
    self->send_exit(stores.calls, caf::exit_reason::user_shutdown);
    self->send_exit(stores.imports, caf::exit_reason::user_shutdown);
  }

  template <class Answer, class Handle, class Request>
  caf::expected<Answer> ask(const Handle& whom, Request request) {
    caf::expected<Answer> out{caf::error{}};
    self->request(whom, std::chrono::seconds{20}, std::move(request))
        .receive([&](Answer& answer) { out = std::move(answer); },
                 [&](caf::error& reason) { out = std::move(reason); });
    return out;
  }

  using arguments = std::vector<record_argument>;

  caf::expected<record_answer> try_run(const tenant_id& whom,
                                       const std::string& statement,
                                       arguments with = {},
                                       std::uint32_t limit = 0) {
    return ask<record_answer>(stores.records,
                              run_record{whom, statement, std::move(with), limit});
  }

  /// What the statement answered, or a failed test.
  json run(const std::string& statement, arguments with = {}, std::uint32_t limit = 0) {
    return run_as(tenant, statement, std::move(with), limit);
  }

  json run_as(const tenant_id& whom,
              const std::string& statement,
              arguments with = {},
              std::uint32_t limit = 0) {
    const auto answer = try_run(whom, statement, std::move(with), limit);
    BOOST_REQUIRE_MESSAGE(answer, statement << ": " << error_of(answer));
    auto tree = json::parse(answer->json, {8 << 20, 64, 200'000, 32, 3});
    BOOST_REQUIRE_MESSAGE(tree, statement << " answered broken JSON: " << answer->json);
    return std::move(*tree);
  }

  template <class T>
  static std::string error_of(const caf::expected<T>& answer) {
    return answer ? "no error" : to_string(answer.error());
  }

  tenant_id add_tenant(const std::string& email) {
    const auto id = tenant_id::make();
    run_as(id,
           "tenants.register",
           {user_id::make().str(),
            email,
            "argon2",
            "Acme",
            "1000000",
            "50",
            R"([{"slug":"asha","name":"Asha","sector":"retail","kind":"both",)"
            R"("languages":["en","hi"],"variables":["name"],"prompt":"Hi {{name}}",)"
            R"("greeting":{"en":"Hello"}}])"});
    return id;
  }

  agent_id agent() {
    return *agent_id::parse(run("agents.list").items().at(0)["id"].text_or(""));
  }

  /// A finished import of people `+9198000000NN`.
  import_id import_people(int count, const std::string& key = "key") {
    const auto id = import_id::make();
    begin_import begin{tenant, id, key, "people.csv", "IN", "{}"};
    BOOST_REQUIRE(ask<import_begun>(stores.imports, begin));
    save_import_rows batch{tenant, id, {}, {}};
    for (int i = 1; i <= count; ++i)
      batch.rows.push_back({i,
                            "+9198" + std::to_string(10'000'000 + i),
                            "Person " + std::to_string(i),
                            "Asia/Kolkata",
                            "",
                            R"({"order":"A)" + std::to_string(i) + "\"}"});
    BOOST_REQUIRE(ask<std::uint64_t>(stores.imports, batch));
    BOOST_REQUIRE(ask<bool>(
        stores.imports,
        finish_import{tenant, id, R"(["Phone"])", R"({"phone":"Phone"})", "[]", "", ""}));
    return id;
  }

  campaign_id add_campaign(const import_id& import) {
    const auto id = campaign_id::make();
    run("campaigns.create",
        {id.str(),
         "Diwali",
         agent().str(),
         import.str(),
         "+12025550100",
         "5",
         R"({"max_attempts":2,"busy_delay_s":60})",
         std::nullopt,
         std::nullopt,
         std::nullopt,
         "usr_test"});
    return id;
  }

  pqxx::result by_admin(const std::string& statement) {
    pqxx::nontransaction txn{admin};
    return txn.exec(statement);
  }

  fence_token own_shard() {
    pqxx::nontransaction txn{admin};
    txn.exec(
        "insert into nodes (node_id, incarnation, basp_host, basp_port, http_url, "
        "build, state, lease_until) values ('node-a', 1, '', 0, '', '', 'up', now() + "
        "interval '1 day') on conflict do nothing");
    txn.exec("update shards set owner = 'node-a', owner_incarnation = 1, fence = 7");
    return {
        static_cast<std::int32_t>(run("route.shard")["shard"].int_or(-1)), 7, "node-a"};
  }

  std::string now_text() const { return to_rfc3339(options.clock()); }

  std::string url;
  caf::actor_system_config config;
  caf::actor_system system;
  caf::scoped_actor self;
  pqxx::connection admin;
  store_options options;
  store_handles stores;
  std::atomic<std::int64_t> now_ms{1'795'254'245'123};
  tenant_id tenant;
};

} // namespace caly::test
