#include "storage/pg/migrate.hpp"
#include "storage/pg/runner.hpp"
#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// A table and jobs on it, straight on a runner.
struct fixture {
  fixture() : url{empty_database()}, admin{url}, runner{options()} {
    pqxx::nontransaction{admin}.exec(
        "create table t (id int primary key check (id < 100))");
  }

  pg::connection_options options() const {
    pg::connection_options out;
    out.url = url;
    return out;
  }

  /// Adds `id`; `log` gets `+id` or `!error`.
  pg::job add(int id, std::chrono::milliseconds patience = 5s) {
    static const pg::statement insert{"add", "insert into t values ($1)"};
    pg::job out;
    out.deadline = std::chrono::steady_clock::now() + patience;
    out.run = [id](pg::tenant_txn& txn) { txn.run(insert, {std::to_string(id)}); };
    out.done = [this, id] { log += "+" + std::to_string(id); };
    out.failed = [this](const caf::error& reason) { log += "!" + to_string(reason); };
    return out;
  }

  template <class... Jobs>
  void run(Jobs... jobs) {
    std::vector<pg::job> all;
    (all.push_back(std::move(jobs)), ...);
    runner.run(std::move(all));
  }

  void break_connections() {
    pqxx::nontransaction{admin}.exec(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where datname = current_database() and pid <> pg_backend_pid()");
  }

  std::string rows() {
    return pqxx::nontransaction{admin}
        .exec1("select coalesce(string_agg(id::text, ',' order by id), '') from t")[0]
        .c_str();
  }

  std::string url;
  pqxx::connection admin;
  pg::runner runner;
  std::string log;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(runner, fixture)

BOOST_AUTO_TEST_CASE(runs_what_waits_in_one_transaction) {
  run(add(1), add(2), add(3));
  BOOST_CHECK_EQUAL(log, "+1+2+3");
  BOOST_CHECK_EQUAL(runner.counters().transactions_total, 1u);
}

BOOST_AUTO_TEST_CASE(one_refused_job_does_not_take_the_others_down) {
  run(add(1), add(1), add(2), add(200));
  BOOST_CHECK_EQUAL(log.find("+1!"), 0u);
  BOOST_CHECK_NE(log.find("+2!"), std::string::npos);
  BOOST_CHECK_EQUAL(rows(), "1,2");
}

BOOST_AUTO_TEST_CASE(errors_have_a_kind_and_no_row_values) {
  run(add(1));
  caf::error seen;
  auto twice = add(1);
  twice.failed = [&](const caf::error& reason) { seen = reason; };
  run(std::move(twice));
  BOOST_CHECK(seen == errc::conflict);
  BOOST_CHECK_EQUAL(to_string(seen).find("(1)"), std::string::npos);
  auto wrong = add(200);
  wrong.failed = [&](const caf::error& reason) { seen = reason; };
  run(std::move(wrong));
  BOOST_CHECK(seen == errc::invalid);
}

BOOST_AUTO_TEST_CASE(goes_on_with_a_new_connection_when_the_old_one_breaks) {
  run(add(1));
  break_connections();
  run(add(2), add(3));
  BOOST_CHECK_EQUAL(log, "+1+2+3");
  BOOST_CHECK_EQUAL(runner.counters().connects_total, 2u);
  break_connections();
  run(add(4));
  BOOST_CHECK_EQUAL(rows(), "1,2,3,4");
}

BOOST_AUTO_TEST_CASE(a_break_in_the_middle_runs_every_job_exactly_once) {
  auto breaking = add(2);
  bool first = true;
  breaking.run = [this, &first, inner = breaking.run](pg::tenant_txn& txn) {
    inner(txn);
    if (std::exchange(first, false))
      break_connections();
  };
  run(add(1), std::move(breaking), add(3));
  BOOST_CHECK_EQUAL(rows(), "1,2,3");
  BOOST_CHECK_EQUAL(log, "+1+2+3");
}

BOOST_AUTO_TEST_CASE(gives_up_at_the_deadline_when_nobody_answers) {
  auto nowhere = options();
  nowhere.url = "host=/nonexistent dbname=x";
  runner = pg::runner{nowhere};
  run(add(1, 120ms));
  BOOST_CHECK_EQUAL(log.find("!"), 0u);
  BOOST_CHECK_EQUAL(rows(), "");
  log.clear();
  run(add(1, -1ms));
  BOOST_CHECK_EQUAL(log.find("!"), 0u);
}

BOOST_AUTO_TEST_CASE(tries_again_what_the_database_asks_to_try_again) {
  auto clashing = add(7);
  int tries = 0;
  static const pg::statement clash{"clash",
                                   "do $$ begin raise exception using errcode = '40001'; "
                                   "end $$"};
  clashing.run = [&, inner = clashing.run](pg::tenant_txn& txn) {
    if (++tries < 3)
      txn.run_planned(clash, {});
    inner(txn);
  };
  run(std::move(clashing));
  BOOST_TEST_MESSAGE(log);
  BOOST_CHECK_EQUAL(tries, 3);
  BOOST_CHECK_EQUAL(rows(), "7");
}

BOOST_AUTO_TEST_CASE(a_refused_batch_is_tried_in_its_parts) {
  auto all = add(1);
  all.run = [inner = all.run, second = add(1).run](pg::tenant_txn& txn) {
    inner(txn);
    second(txn);
  };
  all.parts.push_back(add(5));
  all.parts.push_back(add(6));
  run(std::move(all));
  BOOST_CHECK_EQUAL(log, "+5+6");
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct actors_fixture : stores_fixture {};

} // namespace

BOOST_FIXTURE_TEST_SUITE(store_actors, actors_fixture)

BOOST_AUTO_TEST_CASE(sheds_what_is_over_the_limit) {
  options.waiting_max = 3;
  options.record_workers = 1;
  auto few = start_stores(system, options);
  pqxx::connection blocker{url};
  pqxx::work lock{blocker};
  lock.exec("lock table contacts in access exclusive mode");
  constexpr int asked = 8;
  int overloaded = 0;
  for (int i = 0; i < asked; ++i)
    self->send(caf::actor_cast<caf::actor>(few.records),
               run_record{tenant, "contacts.total", {}, 0});
  // Five of eight are refused at once, while the database still keeps the others.
  for (int i = 0; i < asked - 3; ++i)
    self->receive(
        [&](record_answer&) { BOOST_ERROR("answered behind a lock"); },
        [&](caf::error& reason) { overloaded += reason == errc::overloaded ? 1 : 0; },
        caf::after(10s) >> [] { BOOST_ERROR("nobody was refused"); });
  BOOST_CHECK_EQUAL(overloaded, asked - 3);
  lock.abort();
  for (int i = 0; i < 3; ++i)
    self->receive([](record_answer&) {},
                  [](caf::error& reason) { BOOST_ERROR(to_string(reason)); });
  self->send_exit(few.records, caf::exit_reason::user_shutdown);
  self->send_exit(few.dial, caf::exit_reason::user_shutdown);
  self->send_exit(few.calls, caf::exit_reason::user_shutdown);
  self->send_exit(few.imports, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_CASE(tell_how_they_are) {
  run("tenants.get");
  for (const auto& each : {caf::actor_cast<inspectable_actor>(stores.records),
                           caf::actor_cast<inspectable_actor>(stores.dial),
                           caf::actor_cast<inspectable_actor>(stores.calls),
                           caf::actor_cast<inspectable_actor>(stores.imports)}) {
    const auto report = ask<status_report>(each, get_status{});
    BOOST_REQUIRE(report);
    BOOST_CHECK_GT(caf::get_or(*report, "workers", std::uint64_t{0}), 0u);
    BOOST_CHECK_EQUAL(caf::get_or(*report, "waiting", std::uint64_t{9}), 0u);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
