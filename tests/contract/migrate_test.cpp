#include "runtime/base/error.hpp"
#include "storage/pg/migrate.hpp"
#include "tests/support/postgres.hpp"

#include <boost/test/unit_test.hpp>
#include <pqxx/pqxx>

#include <atomic>
#include <thread>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

bool says(const caf::error& reason, std::string_view part) {
  return to_string(reason).find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(migrations)

BOOST_AUTO_TEST_CASE(are_applied_once_and_never_change) {
  pg::connection_options options;
  options.url = empty_database();
  const std::vector<pg::migration> one{{"0001_a.sql", "create table a (id int);"}};
  const std::vector<pg::migration> two{{"0001_a.sql", "create table a (id int);"},
                                       {"0002_b.sql", "create table b (id int);"}};
  BOOST_CHECK_EQUAL(*pg::migrate(options, one), 1u);
  BOOST_CHECK_EQUAL(*pg::migrate(options, one), 0u);
  BOOST_CHECK_EQUAL(*pg::migrate(options, two), 1u);
  const auto changed =
      pg::migrate(options, {{"0001_a.sql", "create table a (id bigint);"}});
  BOOST_REQUIRE(!changed);
  BOOST_CHECK(changed.error() == errc::conflict);
  BOOST_CHECK_NE(to_string(changed.error()).find("0001_a.sql"), std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_broken_file_leaves_nothing_behind) {
  pg::connection_options options;
  options.url = empty_database();
  const auto broken =
      pg::migrate(options, {{"0001_a.sql", "create table a (id int); select oops;"}});
  BOOST_REQUIRE(!broken);
  BOOST_CHECK(broken.error() == errc::invalid);
  pqxx::connection at{options.url};
  BOOST_CHECK(
      pqxx::nontransaction{at}.exec1("select to_regclass('a') is null")[0].as<bool>());
  BOOST_CHECK_EQUAL(*pg::migrate(options, {{"0001_a.sql", "create table a ();"}}), 1u);
}

BOOST_AUTO_TEST_CASE(nodes_that_start_together_do_not_disturb_each_other) {
  pg::connection_options options;
  options.url = empty_database();
  std::atomic<int> applied{0}, failed{0};
  std::vector<std::thread> nodes;
  for (int i = 0; i < 3; ++i)
    nodes.emplace_back([&] {
      if (const auto done = pg::migrate(options))
        applied += static_cast<int>(*done);
      else
        ++failed;
    });
  for (auto& each : nodes)
    each.join();
  BOOST_CHECK_EQUAL(failed, 0);
  BOOST_CHECK_EQUAL(applied, static_cast<int>(pg::embedded_migrations().size()));
}

BOOST_AUTO_TEST_CASE(an_older_build_starts_on_what_a_newer_one_added) {
  pg::connection_options options;
  options.url = empty_database();
  BOOST_REQUIRE(pg::migrate(options,
                            {{"0001_a.sql", "create table a (id int);"},
                             {"0002_b.sql", "alter table a add column b text;"}}));
  const auto old = pg::migrate(options, {{"0001_a.sql", "create table a (id int);"}});
  BOOST_REQUIRE(old);
  BOOST_CHECK_EQUAL(*old, 0u);
}

BOOST_AUTO_TEST_CASE(an_older_build_is_refused_where_a_newer_one_took_something_away) {
  pg::connection_options options;
  options.url = empty_database();
  const pg::migration first{"0001_a.sql", "create table a (id int, b text);"};
  BOOST_REQUIRE(pg::migrate(
      options, {first, {"0002_contract_drop_b.sql", "alter table a drop column b;"}}));
  const auto old =
      pg::migrate(options, {first, {"0003_c.sql", "create table c (id int);"}});
  BOOST_REQUIRE(!old);
  BOOST_CHECK(old.error() == errc::conflict);
  BOOST_CHECK(says(old.error(), "0002_contract_drop_b.sql"));
  pqxx::connection at{options.url};
  BOOST_CHECK(
      pqxx::nontransaction{at}.exec1("select to_regclass('c') is null")[0].as<bool>());
}

BOOST_AUTO_TEST_CASE(a_file_that_gets_no_lock_gives_up_soon_and_is_tried_again) {
  pg::connection_options options;
  options.url = empty_database();
  const pg::migration first{"0001_a.sql", "create table a (id int);"};
  const pg::migration second{"0002_b.sql", "alter table a add column b text;"};
  BOOST_REQUIRE(pg::migrate(options, {first}));
  pg::migrate_limits limits;
  limits.lock_timeout = 50ms;
  limits.pause = 1ms;
  limits.tries_max = 3;
  pqxx::connection other{options.url};
  {
    pqxx::work reader{other};
    reader.exec("select * from a");
    const auto stuck = pg::migrate(options, {first, second}, limits);
    BOOST_REQUIRE(!stuck);
    BOOST_CHECK(stuck.error() == errc::unavailable);
    BOOST_CHECK(says(stuck.error(), "no lock in 3 tries"));
  }
  BOOST_CHECK_EQUAL(*pg::migrate(options, {first, second}, limits), 1u);
}

BOOST_AUTO_TEST_CASE(a_file_outside_a_transaction_makes_an_index_and_can_be_repeated) {
  pg::connection_options options;
  options.url = empty_database();
  const pg::migration first{"0001_a.sql", "create table a (id int);"};
  const pg::migration second{"0002_index_a.sql",
                             "-- outside a transaction\n"
                             "drop index concurrently if exists a_id;\n"
                             "create index concurrently a_id on a (id);\n"};
  BOOST_CHECK_EQUAL(*pg::migrate(options, {first, second}), 2u);
  pqxx::connection at{options.url};
  pqxx::nontransaction{at}.exec("delete from schema_migrations where name like '0002%'");
  BOOST_CHECK_EQUAL(*pg::migrate(options, {first, second}), 1u);
  BOOST_CHECK(pqxx::nontransaction{at}
                  .exec1("select indisvalid from pg_index where indexrelid = "
                         "'a_id'::regclass")[0]
                  .as<bool>());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
