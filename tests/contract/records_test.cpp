#include "storage/records/catalogue.hpp"
#include "tests/contract/stores_fixture.hpp"

#include <fstream>
#include <set>

namespace caly::test {

namespace {

struct fixture : stores_fixture {};

/// The statement names of README.md's tables.
std::set<std::string> documented() {
  std::set<std::string> out;
  std::ifstream in{"storage/records/README.md"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("| `") && line.find('.') < line.find('`', 3))
      out.insert(line.substr(3, line.find('`', 3) - 3));
  return out;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(record_statements, fixture)

BOOST_AUTO_TEST_CASE(every_statement_is_documented_and_every_documented_one_exists) {
  std::set<std::string> known;
  for (const auto name : caly::records::names())
    known.insert(std::string{name});
  const auto told = documented();
  BOOST_CHECK_EQUAL_COLLECTIONS(known.begin(), known.end(), told.begin(), told.end());
}

BOOST_AUTO_TEST_CASE(the_database_understands_every_variant) {
  pqxx::connection at{url};
  pqxx::nontransaction txn{at};
  int number = 0;
  for (const auto& text : caly::records::texts())
    BOOST_CHECK_NO_THROW(
        txn.exec("prepare v" + std::to_string(++number) + " as " + text));
  BOOST_CHECK_GT(number, 100);
}

BOOST_AUTO_TEST_CASE(pages_of_calls_are_read_in_the_order_of_an_index) {
  // A generic plan is made for all tenants, also for one with millions of calls.
  {
    pqxx::nontransaction txn{admin};
    txn.exec(
        "insert into calls (tenant_id, id, direction, state, agent_id, agent_version, "
        "to_number, from_number, provider, node, fence, max_call_s, ended_at) "
        "select md5((i % 10)::text)::uuid, gen_random_uuid(), 'inbound', 'ended', "
        "gen_random_uuid(), 1, '+911', '+912', 'twilio', 'n', 1, 60, now() "
        "from generate_series(1, 5000) i");
    txn.exec("analyze calls");
  }
  pqxx::connection at{url};
  pqxx::nontransaction txn{at};
  txn.exec("set plan_cache_mode = force_generic_plan; set enable_seqscan = off");
  int pages = 0;
  for (const auto& text : caly::records::texts()) {
    if (text.find("from (select * from calls k") == std::string::npos)
      continue;
    const auto name = "p" + std::to_string(++pages);
    txn.exec("prepare " + name + " as " + text);
    const auto nulls = txn.exec1("select cardinality(parameter_types) from "
                                 "pg_prepared_statements where name = '" +
                                 name + "'")[0]
                           .as<int>();
    std::string given;
    for (int i = 0; i < nulls; ++i)
      given += i == 0 ? "null" : ", null";
    std::string plan;
    for (const auto& row : txn.exec("explain execute " + name + '(' + given + ')'))
      plan += std::string{row[0].c_str()} + '\n';
    BOOST_CHECK_MESSAGE(plan.find("Sort") == std::string::npos, text << '\n' << plan);
  }
  BOOST_CHECK_EQUAL(pages, 16);
}

BOOST_AUTO_TEST_CASE(registers_a_tenant_with_owner_agents_credits_and_lines) {
  const auto id = tenant_id::make();
  const auto user = user_id::make();
  const arguments with{
      user.str(),
      "New@Example.com",
      "hash",
      "New",
      "5000",
      "7",
      R"([{"slug":"a","name":"A","sector":"s","kind":"both","prompt":"x"}])",
      "Asia/Dubai",
      "AE"};
  const auto made = run_as(id, "tenants.register", with);
  BOOST_CHECK_EQUAL(made["user"]["id"].text_or(""), user.str());
  BOOST_CHECK_EQUAL(made["user"]["email"].text_or(""), "new@example.com");
  BOOST_CHECK_EQUAL(made["user"]["role"].text_or(""), "owner");
  BOOST_CHECK_EQUAL(made["user"]["tenant_id"].text_or(""), id.str());
  BOOST_CHECK_EQUAL(made["tenant"]["concurrent_calls_max"].int_or(0), 7);
  BOOST_CHECK_EQUAL(made["tenant"]["time_zone"].text_or(""), "Asia/Dubai");
  BOOST_CHECK_EQUAL(run_as(id, "tenants.register", with).dump(), made.dump());
  BOOST_CHECK_EQUAL(run_as(id, "billing.balance")["balance_micros"].int_or(0), 5000);
  BOOST_CHECK_EQUAL(run_as(id, "agents.list").items().size(), 1u);
  BOOST_CHECK_EQUAL(run_as(id, "permits.get").items().size(), 2u);
  auto other = with;
  other[0] = user_id::make().str();
  const auto taken = try_run(tenant_id::make(), "tenants.register", other);
  BOOST_REQUIRE(!taken);
  BOOST_CHECK(taken.error() == errc::conflict);
}

BOOST_AUTO_TEST_CASE(finds_a_login_by_address_in_any_case) {
  const auto found = run_as({}, "users.find_login", {"OWNER@example.com"});
  BOOST_CHECK_EQUAL(found["password_hash"].text_or(""), "argon2");
  BOOST_CHECK_EQUAL(found["tenant"]["id"].text_or(""), tenant.str());
  BOOST_CHECK(found["is_active"].bool_or(false));
  BOOST_CHECK(try_run({}, "users.find_login", {"nobody@example.com"}).error() ==
              errc::not_found);
}

BOOST_AUTO_TEST_CASE(a_reused_refresh_token_revokes_its_family) {
  const auto user = std::string{
      run_as({}, "users.find_login", {"owner@example.com"})["user"]["id"].text_or("")};
  const auto family = to_string(make_uuid());
  const auto later = "2027-01-01T00:00:00Z";
  run("refresh.issue", {user, "t1", family, later});
  const auto rotate = [&](const char* from, const char* to) {
    return run_as({}, "refresh.rotate", {from, to, later, now_text()});
  };
  const auto first = rotate("t1", "t2");
  BOOST_CHECK_EQUAL(first["status"].text_or(""), "rotated");
  BOOST_CHECK_EQUAL(first["user"]["id"].text_or(""), user);
  BOOST_CHECK_EQUAL(first["tenant"]["name"].text_or(""), "Acme");
  const auto reused = rotate("t1", "t3");
  BOOST_CHECK_EQUAL(reused["status"].text_or(""), "reused");
  BOOST_CHECK(reused["user"].is_null());
  BOOST_CHECK_EQUAL(rotate("t2", "t4")["status"].text_or(""), "revoked");
  BOOST_CHECK_EQUAL(rotate("none", "t5")["status"].text_or(""), "unknown");
  run("refresh.issue", {user, "old", to_string(make_uuid()), "2020-01-01T00:00:00Z"});
  BOOST_CHECK_EQUAL(rotate("old", "t6")["status"].text_or(""), "expired");
  run("refresh.issue", {user, "u1", to_string(make_uuid()), later});
  BOOST_CHECK_EQUAL(run_as({}, "refresh.revoke", {"u1"})["revoked"].int_or(0), 1);
  BOOST_CHECK_EQUAL(rotate("u1", "u2")["status"].text_or(""), "revoked");
}

BOOST_AUTO_TEST_CASE(keeps_users_and_never_loses_the_last_owner) {
  const auto id = user_id::make().str();
  const auto made =
      run("users.create", {id, "ops@example.com", "h", "operator", "usr_x"});
  BOOST_CHECK_EQUAL(made["role"].text_or(""), "operator");
  BOOST_CHECK_EQUAL(run("users.list").items().size(), 2u);
  BOOST_CHECK(try_run(tenant,
                      "users.create",
                      {user_id::make().str(), "ops@example.com", "h", "viewer", "usr_x"})
                  .error() == errc::conflict);
  BOOST_CHECK(try_run(tenant,
                      "users.create",
                      {user_id::make().str(), "x@example.com", "h", "king", "usr_x"})
                  .error() == errc::invalid);
  const auto owner = std::string{
      run_as({}, "users.find_login", {"owner@example.com"})["user"]["id"].text_or("")};
  BOOST_CHECK(
      try_run(tenant, "users.patch", {owner, "viewer", {}, {}, "usr_x"}).error() ==
      errc::conflict);
  BOOST_CHECK_EQUAL(
      run("users.patch", {id, "admin", "false", {}, "usr_x"})["is_active"].bool_or(true),
      false);
  BOOST_CHECK(try_run(tenant, "me.get", {id}).error() == errc::not_found);
  BOOST_CHECK_EQUAL(run("me.get", {owner})["user"]["id"].text_or(""), owner);
}

BOOST_AUTO_TEST_CASE(the_tenants_limit_moves_its_lines) {
  const auto patched = run("tenants.patch", {"9", {}, {}, "2", "60", "usr_x"});
  BOOST_CHECK_EQUAL(patched["concurrent_calls_max"].int_or(0), 9);
  BOOST_CHECK_EQUAL(patched["daily_cap_per_contact"].int_or(0), 2);
  const auto pools = run("permits.get");
  for (const auto& pool : pools.items())
    if (pool["scope"].text_or("") != "system")
      BOOST_CHECK_EQUAL(pool["cap"].int_or(0), 9);
  BOOST_CHECK(
      try_run(tenant, "tenants.patch", {{}, "Mars/Olympus", {}, {}, {}, "u"}).error() ==
      errc::invalid);
  BOOST_CHECK_EQUAL(run("audit.list").items().at(0)["action"].text_or(""),
                    "tenant.patch");
}

BOOST_AUTO_TEST_CASE(an_idempotency_key_replays_one_answer) {
  const auto begin = [&](const char* hash) {
    return run("idempotency.begin", {"POST /api/x", "k1", hash, to_string(make_uuid())});
  };
  BOOST_CHECK_EQUAL(begin("h")["state"].text_or(""), "new");
  BOOST_CHECK_EQUAL(begin("h")["state"].text_or(""), "running");
  run("idempotency.finish", {"POST /api/x", "k1", "201", "{\"a\":1}"});
  const auto done = begin("h");
  BOOST_CHECK_EQUAL(done["state"].text_or(""), "done");
  BOOST_CHECK_EQUAL(done["status"].int_or(0), 201);
  BOOST_CHECK_EQUAL(done["body"].text_or(""), "{\"a\":1}");
  BOOST_CHECK_EQUAL(begin("other")["state"].text_or(""), "mismatch");
  by_admin("update idempotency_keys set created_at = now() - interval '25 hours'");
  BOOST_CHECK_EQUAL(begin("other")["state"].text_or(""), "new");
}

BOOST_AUTO_TEST_CASE(a_repeated_request_makes_what_the_first_made) {
  const auto begin = [&](const char* hash) {
    return run("idempotency.begin", {"POST /api/x", "k1", hash, to_string(make_uuid())});
  };
  const auto made = std::string{begin("h")["made"].text_or("")};
  BOOST_TEST(!made.empty());
  // Its answer did not last.
  run("idempotency.ended", {"POST /api/x", "k1"});
  const auto again = begin("h");
  BOOST_CHECK_EQUAL(again["state"].text_or(""), "new");
  BOOST_CHECK_EQUAL(again["made"].text_or(""), made);
  BOOST_CHECK_EQUAL(begin("h")["state"].text_or(""), "running");
  // Its node died.
  by_admin("update idempotency_keys set since = now() - interval '61 seconds'");
  const auto last = begin("h");
  BOOST_CHECK_EQUAL(last["state"].text_or(""), "new");
  BOOST_CHECK_EQUAL(last["made"].text_or(""), made);
  // Another request in its place makes something else.
  run("idempotency.ended", {"POST /api/x", "k1"});
  const auto other = begin("other");
  BOOST_CHECK_EQUAL(other["state"].text_or(""), "new");
  BOOST_TEST(other["made"].text_or("") != made);
}

BOOST_AUTO_TEST_CASE(old_keys_go_as_new_ones_come) {
  for (int i = 0; i < 12; ++i)
    run("idempotency.begin",
        {"POST /api/x", "k" + std::to_string(i), "h", to_string(make_uuid())});
  by_admin("update idempotency_keys set created_at = now() - interval '25 hours'");
  run("idempotency.begin", {"POST /api/x", "new1", "h", to_string(make_uuid())});
  BOOST_CHECK_EQUAL(by_admin("select key from idempotency_keys").size(), 3);
  run("idempotency.begin", {"POST /api/x", "new2", "h", to_string(make_uuid())});
  BOOST_CHECK_EQUAL(by_admin("select key from idempotency_keys").size(), 2);
}

BOOST_AUTO_TEST_CASE(a_changed_agent_is_a_new_version) {
  const auto id = agent().str();
  const auto one = run("agents.get", {id});
  BOOST_CHECK_EQUAL(one["prompt"].text_or(""), "Hi {{name}}");
  BOOST_CHECK_EQUAL(one["greeting"]["en"].text_or(""), "Hello");
  BOOST_CHECK_EQUAL(one["variables"].items().size(), 1u);
  BOOST_CHECK_EQUAL(one["languages"].items().size(), 2u);
  const auto two = run("agents.patch", {id, R"({"prompt":"Bye","enabled":false})", "u"});
  BOOST_CHECK_EQUAL(two["version"].int_or(0), 2);
  BOOST_CHECK_EQUAL(two["enabled"].bool_or(true), false);
  BOOST_CHECK_EQUAL(
      run("agents.patch", {id, R"({"enabled":true})", "u"})["version"].int_or(0), 2);
  BOOST_CHECK_EQUAL(run("agents.version", {id, "1"})["profile"]["prompt"].text_or(""),
                    "Hi {{name}}");
  BOOST_CHECK_EQUAL(run("sectors.list").items().at(0)["agents"].items().size(), 1u);
  const auto known = R"([{"slug":"asha","name":"Other","sector":"retail"}])";
  BOOST_CHECK_EQUAL(run("agents.seed", {known})["added"].int_or(9), 0);
}

BOOST_AUTO_TEST_CASE(keeps_contacts) {
  const auto id = contact_id::make().str();
  const auto made = run("contacts.create",
                        {id,
                         "+919800000001",
                         "Ravi \"R\"",
                         "Asia/Kolkata",
                         R"({"a":1})",
                         R"(["vip","x,y"])"});
  BOOST_CHECK_EQUAL(made["id"].text_or(""), id);
  BOOST_CHECK_EQUAL(made["name"].text_or(""), "Ravi \"R\"");
  BOOST_CHECK_EQUAL(made["tags"].items().at(1).text_or(""), "x,y");
  BOOST_CHECK_EQUAL(made["suppressed"].bool_or(true), false);
  BOOST_CHECK(made["last_called_at"].is_null());
  const auto twice =
      try_run(tenant, "contacts.create", {contact_id::make().str(), "+919800000001"});
  BOOST_REQUIRE(!twice);
  BOOST_CHECK(twice.error() == errc::conflict);
  BOOST_CHECK_EQUAL(run("contacts.list", {"ravi"}).items().size(), 1u);
  BOOST_CHECK_EQUAL(run("contacts.list", {"%"}).items().size(), 0u);
  BOOST_CHECK_EQUAL(run("contacts.list", {{}, "vip"}).items().size(), 1u);
  BOOST_CHECK_EQUAL(run("contacts.total")["total"].int_or(0), 1);
  BOOST_CHECK_EQUAL(run("contacts.patch", {id, {}, "Asha"})["name"].text_or(""), "Asha");
  run("suppressions.add", {"+919800000001", "asked", "u"});
  run("suppressions.add", {"+919800000001", "again", "u"});
  BOOST_CHECK(run("contacts.get", {id})["suppressed"].bool_or(false));
  BOOST_CHECK_EQUAL(run("suppressions.list").items().at(0)["reason"].text_or(""),
                    "asked");
  run("suppressions.remove", {"+919800000001", "u"});
  BOOST_CHECK(try_run(tenant, "suppressions.remove", {"+919800000001", "u"}).error() ==
              errc::not_found);
  run("contacts.delete", {id});
  BOOST_CHECK(try_run(tenant, "contacts.get", {id}).error() == errc::not_found);
  const auto back = run("contacts.create", {contact_id::make().str(), "+919800000001"});
  BOOST_CHECK_EQUAL(back["id"].text_or(""), id);
}

BOOST_AUTO_TEST_CASE(pages_through_a_list_without_gaps_or_repeats) {
  import_people(25);
  std::set<std::string> seen;
  record_argument cursor;
  for (int page = 0; page < 3; ++page) {
    const auto answer = try_run(tenant, "contacts.list", {{}, {}, cursor}, 10);
    BOOST_REQUIRE(answer);
    const auto rows = json::parse(answer->json);
    BOOST_REQUIRE(rows);
    for (const auto& row : rows->items())
      seen.insert(std::string{row["id"].text_or("")});
    BOOST_CHECK_EQUAL(answer->has_more, page < 2);
    cursor = answer->next_cursor;
  }
  BOOST_CHECK_EQUAL(seen.size(), 25u);
  BOOST_CHECK(try_run(tenant, "contacts.list", {{}, {}, "!"}).error() == errc::invalid);
}

BOOST_AUTO_TEST_CASE(refuses_wrong_arguments_without_asking_the_database) {
  BOOST_CHECK(try_run(tenant, "no.such").error() == errc::invalid);
  BOOST_CHECK(try_run(tenant, "contacts.get", {"cmp_1"}).error() == errc::not_found);
  BOOST_CHECK(try_run(tenant, "contacts.get", {}).error() == errc::invalid);
  BOOST_CHECK(try_run(tenant, "contacts.get", {"a", "b"}).error() == errc::invalid);
  BOOST_CHECK(try_run(tenant, "billing.topup", {"ten", "ref", "u"}).error() ==
              errc::invalid);
  const std::string with_nul{"a\0b", 3};
  BOOST_CHECK(try_run(tenant, "contacts.list", {with_nul}).error() == errc::invalid);
  BOOST_CHECK(try_run(tenant, "analytics.kpis", {"yesterday"}).error() == errc::invalid);
}

BOOST_AUTO_TEST_CASE(a_top_up_counts_once_by_its_reference) {
  const auto top_up = [&](const char* amount) {
    return try_run(tenant, "billing.topup", {amount, "INV-1", "u"});
  };
  BOOST_REQUIRE(top_up("500"));
  const auto again = json::parse(top_up("500")->json);
  BOOST_CHECK_EQUAL((*again)["balance_micros"].int_or(0), 1'000'500);
  BOOST_CHECK_EQUAL((*again)["applied"].bool_or(true), false);
  BOOST_CHECK(top_up("501").error() == errc::conflict);
  BOOST_CHECK(top_up("0").error() == errc::invalid);
  const auto ledger = run("billing.ledger");
  BOOST_CHECK_EQUAL(ledger.items().size(), 2u);
  BOOST_CHECK(ledger.items()[0]["ref"].is_null());
  BOOST_CHECK(run("ledger.check")["ok"].bool_or(false));
}

BOOST_AUTO_TEST_CASE(routes_numbers_and_tenants) {
  run("numbers.set", {"+12025550100", agent().str(), "twilio", "u"});
  BOOST_TEST(run("numbers.patch", {"+12025550100", {}, "u"})["agent_id"].is_null());
  BOOST_CHECK(try_run(tenant, "numbers.patch", {"+12025550199", {}, "u"}).error() ==
              errc::not_found);
  run("numbers.patch", {"+12025550100", agent().str(), "u"});
  const auto found = run_as({}, "numbers.find", {"+12025550100"});
  BOOST_CHECK_EQUAL(found["tenant_id"].text_or(""), tenant.str());
  BOOST_CHECK_EQUAL(found["agent_id"].text_or(""), agent().str());
  BOOST_CHECK(run_as({}, "numbers.find", {"+1"}).is_null());
  const auto other = add_tenant("b@example.com");
  BOOST_CHECK(
      try_run(other, "numbers.set", {"+12025550100", {}, "twilio", "u"}).error() ==
      errc::conflict);
  const auto shard = run("route.shard")["shard"].int_or(-1);
  const auto shards = "[" + std::to_string(shard) + "]";
  BOOST_CHECK(run_as({}, "route.tenants", {shards}).items().empty());
  run("route.wake", {now_text()});
  BOOST_CHECK_EQUAL(
      run_as({}, "route.tenants", {shards}).items().at(0)["tenant_id"].text_or(""),
      tenant.str());
  BOOST_CHECK(run("route.sleep")["slept"].bool_or(false));
  BOOST_CHECK(run_as({}, "route.tenants", {shards}).items().empty());
  BOOST_CHECK_EQUAL(run_as({}, "tenants.all").items().size(), 2u);
}

BOOST_AUTO_TEST_CASE(notes_what_people_do) {
  run("audit.append", {"console", "camp.pause", "cmp_1", "noisy", R"({"level":"P"})"});
  run_as({}, "audit.platform", {"console", "node.drain", "node-1"});
  const auto lines = run("audit.list");
  BOOST_CHECK_EQUAL(lines.items().at(0)["reason"].text_or(""), "noisy");
  BOOST_CHECK_EQUAL(lines.items().at(0)["detail"]["level"].text_or(""), "P");
  for (const auto& line : lines.items())
    BOOST_CHECK_NE(line["action"].text_or(""), "node.drain");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
