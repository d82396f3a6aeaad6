#include "actors/imports/import_runner.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "tests/support/actor_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <unistd.h>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

/// A store as far as the runner can tell; it may be told to fail.
struct kept_import {
  std::map<std::int32_t, import_row> rows;
  std::map<std::int32_t, import_error> errors;
  std::vector<finish_import> finished;
  std::size_t batches = 0;
  std::size_t failures_left = 0;
  std::size_t rows_per_batch_max = 0;
};

using kept_ptr = std::shared_ptr<kept_import>;

import_store_actor::behavior_type keeping_store(kept_ptr kept) {
  return {[](const begin_import& x) {
            return import_begun{x.import, "processing", true};
          },
          [kept](const save_import_rows& x) -> caf::result<std::uint64_t> {
            if (kept->failures_left > 0) {
              --kept->failures_left;
              return caf::make_error(errc::unavailable);
            }
            ++kept->batches;
            kept->rows_per_batch_max = std::max(kept->rows_per_batch_max, x.rows.size());
            for (const auto& row : x.rows)
              kept->rows[row.row_no] = row;
            for (const auto& error : x.errors)
              kept->errors[error.row_no] = error;
            return kept->rows.size() + kept->errors.size();
          },
          [kept](const finish_import& x) -> caf::result<bool> {
            if (kept->failures_left > 0) {
              --kept->failures_left;
              return caf::make_error(errc::unavailable);
            }
            kept->finished.push_back(x);
            return true;
          },
          [](const get_status&) { return status_report{}; }};
}

/// Two pages of errors of an import with two columns.
records_actor::behavior_type error_records() {
  return {[](const run_record& ask) -> caf::result<record_answer> {
            if (ask.statement == "imports.get")
              return record_answer{R"({"columns":["phone","name"]})", "", false, 1};
            const auto second = ask.arguments[1].has_value();
            return record_answer{
                second
                    ? R"([{"row_no":9,"code":"E_PREMIUM","message":"m","suggestion":"s",)"
                      R"("cells":["1","=2+3"]}])"
                    : R"([{"row_no":2,"code":"E_PHONE_INVALID","message":"m",)"
                      R"("suggestion":"s","cells":["x","Asha"]}])",
                second ? "" : "page2",
                !second,
                1};
          },
          [](const get_status&) { return status_report{}; }};
}

struct fixture : actor_fixture {
  fixture() {
    options.batch_rows = 100;
    options.chunk_bytes = 1000;
    options.batches_in_flight_max = 2;
    options.retries_max = 3;
    store = sys.spawn(keeping_store, kept);
    records = sys.spawn(error_records);
    path = (std::filesystem::temp_directory_path() /
            ("caly-runner-test-" + std::to_string(::getpid()) + ".csv"))
               .string();
  }

  ~fixture() {
    // The clock refers to whoever waits for an answer.
    stop(runner);
    std::filesystem::remove(path);
  }

  void start() {
    runner = spawn<import_runner_actor, import_runner_state>(
        sys, {"import_runner", "", ""}, import_runner, options, store, records);
  }

  void import(const std::string& csv) {
    std::ofstream{path, std::ios::binary} << csv;
    caf::anon_send(runner, run_import{order});
    run();
  }

  static std::string people(int count) {
    std::string csv = "phone,name\n";
    for (int i = 0; i < count; ++i)
      csv +=
          "+9198765" + std::to_string(10'000 + i) + ",Person " + std::to_string(i) + "\n";
    return csv;
  }

  import_runner_options options;
  kept_ptr kept = std::make_shared<kept_import>();
  import_store_actor store;
  records_actor records;
  import_runner_actor runner;
  std::string path;
  run_import order{tenant_id::make(), import_id::make(), path, "IN", "{}"};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(importing_files, fixture)

BOOST_AUTO_TEST_CASE(keeps_every_row_in_batches_and_finishes_once) {
  order.path = path;
  start();
  import(people(1'050) + "12,Too short\n");
  BOOST_TEST(kept->rows.size() == 1'050u);
  BOOST_TEST(kept->errors.size() == 1u);
  BOOST_TEST(kept->rows_per_batch_max <= 100u);
  BOOST_REQUIRE(kept->finished.size() == 1u);
  BOOST_TEST(kept->finished.front().error_code == "");
  BOOST_TEST(kept->finished.front().columns == R"(["phone","name"])");
  const auto sample = json::parse(kept->finished.front().sample);
  BOOST_REQUIRE(sample);
  BOOST_TEST(sample->items()[0].items()[1].text_or("") == "Person 0");
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(leaves_no_row_of_a_file_that_is_refused_at_its_end) {
  order.path = path;
  start();
  import(people(500) + std::string("+919876500000,a\0b\n", 18));
  BOOST_TEST(kept->rows.empty());
  BOOST_TEST(kept->errors.empty());
  BOOST_REQUIRE(kept->finished.size() == 1u);
  BOOST_TEST(kept->finished.front().error_code.starts_with("E_"));
  BOOST_TEST(kept->finished.front().error_message != "");
}

BOOST_AUTO_TEST_CASE(tells_a_file_without_a_phone_column) {
  order.path = path;
  start();
  import("name,city\nAsha,Pune\n");
  BOOST_REQUIRE(kept->finished.size() == 1u);
  BOOST_TEST(kept->finished.front().error_code == "E_NO_PHONE_COLUMN");
}

BOOST_AUTO_TEST_CASE(asks_a_store_again_that_did_not_answer) {
  order.path = path;
  kept->failures_left = 2;
  start();
  import(people(250));
  BOOST_TEST(kept->finished.empty());
  advance(1s);
  BOOST_TEST(kept->rows.size() == 250u);
  BOOST_TEST(kept->finished.size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_import_that_cannot_be_saved_ends_as_soon_as_that_can_be_told) {
  order.path = path;
  kept->failures_left = 1'000;
  start();
  import(people(250));
  for (int i = 0; i < 10; ++i)
    advance(1s);
  BOOST_TEST(kept->finished.empty());
  kept->failures_left = 0;
  advance(1s);
  BOOST_REQUIRE(kept->finished.size() == 1u);
  BOOST_TEST(kept->finished.front().error_code == "E_INTERRUPTED");
  const auto status = ask<status_report>(runner, get_status{});
  BOOST_REQUIRE(status);
  BOOST_TEST(caf::get_or(*status, "running", std::uint64_t{9}) == 0u);
  BOOST_TEST(caf::get_or(*status, "failed_total", std::uint64_t{0}) == 1u);
  // The same file later finds the runner ready.
  import(people(250));
  BOOST_TEST(kept->rows.size() == 250u);
  BOOST_TEST(kept->finished.size() == 2u);
}

BOOST_AUTO_TEST_CASE(turns_away_what_it_has_no_room_for) {
  order.path = path;
  options.running_max = 1;
  options.waiting_max = 1;
  kept->failures_left = 1; // the first stands still for a second
  start();
  import(people(10));
  for (int i = 0; i < 2; ++i) {
    auto more = order;
    more.import = import_id::make();
    more.path = path + std::to_string(i);
    std::ofstream{more.path, std::ios::binary} << people(10);
    caf::anon_send(runner, std::move(more));
  }
  run();
  BOOST_REQUIRE(kept->finished.size() == 1u);
  BOOST_TEST(kept->finished.front().error_code == "E_INTERRUPTED");
  BOOST_TEST(!std::filesystem::exists(path + "1"));
  advance(1s);
  BOOST_TEST(kept->finished.size() == 3u);
}

BOOST_AUTO_TEST_CASE(runs_an_import_that_runs_already_only_once) {
  order.path = path;
  start();
  std::ofstream{path, std::ios::binary} << people(300);
  caf::anon_send(runner, run_import{order});
  caf::anon_send(runner, run_import{order});
  run();
  BOOST_TEST(kept->finished.size() == 1u);
  BOOST_TEST(kept->rows.size() == 300u);
}

BOOST_AUTO_TEST_CASE(previews_without_touching_the_store) {
  start();
  const auto seen = ask<std::string>(
      runner, preview_file{"Mobile No;Who\n9876543210;Asha\n", false, "IN", ""});
  BOOST_REQUIRE(seen);
  const auto shown = json::parse(*seen);
  BOOST_REQUIRE(shown);
  BOOST_TEST((*shown)["columns"].items().size() == 2u);
  BOOST_TEST((*shown)["mapping"]["phone"].text_or("") == "Mobile No");
  BOOST_TEST((*shown)["sample"].items()[0].items()[1].text_or("") == "Asha");
  BOOST_TEST((*shown)["problem"].is_null());
  BOOST_TEST((ask<std::string>(runner, preview_file{"", false, "IN", ""}).error() ==
              errc::invalid));
  BOOST_TEST(kept->batches == 0u);
}

BOOST_AUTO_TEST_CASE(writes_the_error_file_page_by_page_and_safely) {
  start();
  const auto first =
      ask<import_errors_text>(runner, read_import_errors{order.tenant, order.import, ""});
  BOOST_REQUIRE(first);
  BOOST_TEST(first->has_more);
  BOOST_TEST(first->csv.find("phone,name,caly_row,caly_error_code") != std::string::npos);
  BOOST_TEST(first->csv.find("E_PHONE_INVALID") != std::string::npos);
  const auto second = ask<import_errors_text>(
      runner, read_import_errors{order.tenant, order.import, first->next_cursor});
  BOOST_REQUIRE(second);
  BOOST_TEST(!second->has_more);
  BOOST_TEST(second->csv.find("caly_row") == std::string::npos);
  BOOST_TEST(second->csv.find("'=2+3") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
