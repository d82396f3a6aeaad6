#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

struct fixture : stores_fixture {
  std::vector<std::string> texts(const char* sql) {
    pqxx::nontransaction txn{admin};
    std::vector<std::string> out;
    for (const auto& row : txn.exec(sql))
      out.emplace_back(row[0].c_str());
    return out;
  }

  void check_none(const char* sql) {
    for (const auto& each : texts(sql))
      BOOST_ERROR(each);
  }

  /// Runs as the application role under `whom`, the way the stores do.
  std::string as_app(const tenant_id& whom, const std::string& sql) {
    pqxx::connection at{url};
    pqxx::work txn{at};
    txn.exec("set local role caly_app");
    txn.exec_params("select set_config('app.tenant_id', $1, true)",
                    whom.empty() ? std::string{} : whom.sql());
    return txn.exec1(sql)[0].c_str();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(isolation, fixture)

BOOST_AUTO_TEST_CASE(every_table_of_tenants_is_walled_off) {
  // The routing tables hold no personal data beyond what finds a tenant.
  check_none("select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid "
             "and a.attname = 'tenant_id' and not a.attisdropped "
             "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace "
             "and c.relname not in ('tenant_route', 'user_logins', 'refresh_tokens', "
             "'phone_numbers') and not (c.relrowsecurity and c.relforcerowsecurity and "
             "exists (select 1 from pg_policy p where p.polrelid = c.oid))");
}

BOOST_AUTO_TEST_CASE(keys_of_walled_tables_begin_with_the_tenant) {
  check_none("select c.relname || ' ' || i.indexrelid::regclass from pg_class c "
             "join pg_index i on i.indrelid = c.oid and i.indisunique "
             "where c.relrowsecurity and c.relname <> 'audit_log' and "
             "(select attname from pg_attribute where attrelid = c.oid and "
             "attnum = i.indkey[0]) <> 'tenant_id'");
}

BOOST_AUTO_TEST_CASE(foreign_keys_never_cross_tenants) {
  check_none(
      "select conrelid::regclass || ' ' || conname from pg_constraint f "
      "where contype = 'f' and connamespace = 'public'::regnamespace and not exists ("
      "select 1 from unnest(f.conkey) k join pg_attribute a on a.attrelid = "
      "f.conrelid and a.attnum = k where a.attname = 'tenant_id')");
}

BOOST_AUTO_TEST_CASE(views_and_functions_have_no_rights_of_their_own) {
  check_none("select relname from pg_class where relkind = 'v' and relnamespace = "
             "'public'::regnamespace and not coalesce(reloptions @> "
             "'{security_invoker=true}', false)");
  check_none(
      "select proname from pg_proc where pronamespace = 'public'::regnamespace and "
      "prosecdef");
  BOOST_CHECK_EQUAL(texts("select rolsuper or rolbypassrls from pg_roles where rolname = "
                          "'caly_app'")
                        .at(0),
                    "f");
}

BOOST_AUTO_TEST_CASE(
    without_a_tenant_nothing_is_seen_and_with_another_ones_nothing_written) {
  import_people(2);
  BOOST_CHECK_EQUAL(as_app({}, "select count(*) from contacts"), "0");
  BOOST_CHECK_EQUAL(as_app(tenant, "select count(*) from contacts"), "2");
  const auto other = add_tenant("b@example.com");
  BOOST_CHECK_EQUAL(as_app(other, "select count(*) from contacts"), "0");
  BOOST_CHECK_THROW(as_app(other,
                           "insert into contacts (tenant_id, id, phone) values ('" +
                               tenant.sql() + "', gen_random_uuid(), '+1') returning 1"),
                    pqxx::sql_error);
  BOOST_CHECK_THROW(as_app(tenant, "delete from ledger returning 1"), pqxx::sql_error);
}

BOOST_AUTO_TEST_CASE(another_tenant_sees_nothing_through_any_list_or_document) {
  const auto import = import_people(3);
  const auto campaign = add_campaign(import);
  const auto contact = std::string{run("contacts.list").items().at(0)["id"].text_or("")};
  run("campaigns.start", {campaign.str(), "u", now_text()});
  const auto owner = own_shard();
  const std::vector<call_id> calls{call_id::make()};
  BOOST_REQUIRE(
      ask<reservation>(stores.dial, reserve_calls{tenant, campaign, owner, calls}));
  run("suppressions.add", {"+911", "asked", "u"});
  run("numbers.set", {"+12025550100", {}, "twilio", "u"});

  const auto other = add_tenant("b@example.com");
  for (const auto* list : {"contacts.list",
                           "suppressions.list",
                           "imports.list",
                           "campaigns.list",
                           "calls.list",
                           "calls.live",
                           "attempts.list",
                           "permits.holders",
                           "numbers.list",
                           "analytics.campaigns",
                           "campaigns.work"}) {
    arguments with;
    if (std::string{list} == "campaigns.work")
      with = {now_text()};
    BOOST_CHECK_GT(run_as(tenant, list, with).items().size(), 0u);
    BOOST_CHECK_MESSAGE(run_as(other, list, with).items().empty(), list);
  }
  const std::pair<const char*, arguments> documents[]{
      {"contacts.get", {contact}},
      {"contacts.patch", {contact, {}, "Mine"}},
      {"contacts.delete", {contact}},
      {"contacts.erase", {contact, "u", now_text()}},
      {"imports.get", {import.str()}},
      {"campaigns.get", {campaign.str()}},
      {"campaigns.pause", {campaign.str(), "u", "x", now_text()}},
      {"campaigns.stop", {campaign.str(), "u", now_text()}},
      {"campaigns.delete", {campaign.str(), "u"}},
      {"campaigns.progress", {campaign.str(), now_text()}},
      {"campaigns.explain", {campaign.str(), contact, now_text()}},
      {"calls.get", {calls[0].str()}},
      {"calls.end_reason", {calls[0].str(), "x"}},
      {"agents.get", {agent().str()}},
      {"agents.patch", {agent().str(), "{}", "u"}},
      {"suppressions.remove", {"+911", "u"}},
      {"numbers.patch", {"+12025550100", {}, "u"}},
      {"numbers.remove", {"+12025550100", "u"}},
  };
  for (const auto& [statement, with] : documents) {
    const auto answer = try_run(other, statement, with);
    BOOST_REQUIRE_MESSAGE(!answer, statement << " answered " << answer->json);
    BOOST_CHECK_MESSAGE(answer.error() == errc::not_found,
                        statement << ": " << to_string(answer.error()));
  }
  for (const auto* list : {"campaigns.contacts",
                           "imports.errors",
                           "calls.events",
                           "calls.transcript",
                           "calls.log"}) {
    const auto id = std::string{list}.starts_with("campaigns") ? campaign.str()
                    : std::string{list}.starts_with("imports") ? import.str()
                                                               : calls[0].str();
    BOOST_CHECK_MESSAGE(run_as(other, list, {id}).items().empty(), list);
  }
  BOOST_CHECK(run_as(other, "calls.by_provider_id", {"twilio", "CA1"}).is_null());
  BOOST_CHECK(!ask<call_sheet>(stores.calls, load_call{other, calls[0]}));
  BOOST_CHECK(
      !ask<bool>(stores.imports, finish_import{other, import, "", "", "", "", ""}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
