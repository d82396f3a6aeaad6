#include "tests/contract/stores_fixture.hpp"

namespace caly::test {

namespace {

struct fixture : stores_fixture {
  import_id id = import_id::make();

  import_begun begin(const std::string& key = "k") {
    const auto answer = ask<import_begun>(
        stores.imports, begin_import{tenant, id, key, "a.csv", "IN", "{}"});
    BOOST_REQUIRE(answer);
    return *answer;
  }

  std::uint64_t save(std::vector<import_row> rows,
                     std::vector<import_error> errors = {}) {
    const auto answer = ask<std::uint64_t>(
        stores.imports, save_import_rows{tenant, id, std::move(rows), std::move(errors)});
    BOOST_REQUIRE_MESSAGE(answer, error_of(answer));
    return *answer;
  }

  bool finish(const std::string& error_code = {}) {
    const auto answer = ask<bool>(stores.imports,
                                  finish_import{tenant,
                                                id,
                                                R"(["Phone","Name"])",
                                                R"({"phone":"Phone"})",
                                                R"([["1","2"]])",
                                                error_code,
                                                error_code.empty() ? "" : "why"});
    return answer && *answer;
  }

  json document() { return run("imports.get", {id.str()}); }

  std::string counts() {
    const auto seen = document();
    std::string out = std::to_string(seen["rows"].int_or(-1)) + ":";
    for (const auto& [name, value] : seen["counts"].members())
      out += ' ' + std::to_string(value.int_or(-1));
    return out;
  }

  static import_row person(int number, const std::string& name = "") {
    import_row row;
    row.row_no = number;
    row.phone = "+9198" + std::to_string(10'000'000 + number);
    row.name = name.empty() ? "Person" : name;
    row.time_zone = "Asia/Kolkata";
    row.tags = "lead";
    row.variables = R"({"city":"Pune"})";
    return row;
  }
};

} // namespace

// Counts in order: imported, updated, duplicate_in_file, duplicate_in_system, suppressed,
// invalid.
BOOST_FIXTURE_TEST_SUITE(import_store, fixture)

BOOST_AUTO_TEST_CASE(the_same_file_is_the_same_import) {
  BOOST_CHECK(begin().is_new);
  const auto first = id;
  id = import_id::make();
  const auto again = begin();
  BOOST_CHECK(!again.is_new);
  BOOST_CHECK(again.import == first);
  BOOST_CHECK_EQUAL(again.status, "processing");
  BOOST_CHECK(begin("other").is_new);
}

BOOST_AUTO_TEST_CASE(counts_what_became_of_every_row) {
  begin();
  run("contacts.create", {contact_id::make().str(), person(1).phone, "Old name"});
  run("contacts.create",
      {contact_id::make().str(),
       person(2).phone,
       "Person",
       "Asia/Kolkata",
       R"({"city":"Pune","more":1})",
       R"(["lead","vip"])"});
  run("suppressions.add", {person(3).phone, "asked", "u"});
  const auto kept = save({person(1), person(2), person(3), person(4)},
                         {{5, "E_DUP_IN_FILE", "twice", "", "[\"x\"]"},
                          {6, "E_PHONE", "not \"a\" number", "fix", R"(["a","b\"c"])"}});
  BOOST_CHECK_EQUAL(kept, 6u);
  BOOST_CHECK_EQUAL(counts(), "6: 1 1 1 1 1 1");
  BOOST_CHECK(finish());
  const auto seen = document();
  BOOST_CHECK_EQUAL(seen["status"].text_or(""), "completed");
  BOOST_CHECK_EQUAL(seen["columns"].items().size(), 2u);
  BOOST_CHECK(seen["error"].is_null());
  const auto errors = run("imports.errors", {id.str()});
  BOOST_REQUIRE_EQUAL(errors.items().size(), 2u);
  BOOST_CHECK_EQUAL(errors.items()[1]["cells"].items().at(1).text_or(""), "b\"c");
  const auto changed = run("contacts.list", {person(1).phone});
  BOOST_CHECK_EQUAL(changed.items().at(0)["name"].text_or(""), "Person");
  BOOST_CHECK_EQUAL(changed.items()[0]["tags"].items().size(), 1u);
  BOOST_CHECK_EQUAL(changed.items()[0]["variables"]["city"].text_or(""), "Pune");
}

BOOST_AUTO_TEST_CASE(a_repeated_batch_changes_nothing) {
  begin();
  const std::vector<import_error> errors{{3, "E_PHONE", "no", "", "[]"}};
  save({person(1), person(2)}, errors);
  const auto before = counts();
  BOOST_CHECK_EQUAL(save({person(1), person(2)}, errors), 3u);
  BOOST_CHECK_EQUAL(counts(), before);
  BOOST_CHECK_EQUAL(run("contacts.total")["total"].int_or(0), 2);
}

BOOST_AUTO_TEST_CASE(known_people_are_still_on_the_imports_list) {
  begin();
  save({person(1), person(2)});
  finish();
  id = import_id::make();
  begin("second");
  auto row = person(2);
  row.variables = R"({"order":"B"})";
  save({person(1), row, person(3)});
  BOOST_CHECK_EQUAL(counts(), "3: 1 1 0 1 0 0");
  finish();
  const auto campaign = add_campaign(id);
  const auto started = run("campaigns.start", {campaign.str(), "u", now_text()});
  BOOST_CHECK_EQUAL(started["rows"].int_or(0), 3);
}

BOOST_AUTO_TEST_CASE(keeps_text_of_any_kind) {
  begin();
  auto row = person(1, "Tab\there \\N \"quoted\"\nline");
  row.variables = R"({"note":"a\\b\tc\n\"d\" €"})";
  save({row});
  const auto seen = run("contacts.list");
  BOOST_CHECK_EQUAL(seen.items().at(0)["name"].text_or(""), row.name);
  BOOST_CHECK_EQUAL(seen.items()[0]["variables"]["note"].text_or(""), "a\\b\tc\n\"d\" €");
}

BOOST_AUTO_TEST_CASE(a_failed_import_says_why) {
  begin();
  BOOST_CHECK(finish("E_NO_PHONE_COLUMN"));
  const auto seen = document();
  BOOST_CHECK_EQUAL(seen["status"].text_or(""), "failed");
  BOOST_CHECK_EQUAL(seen["error"]["code"].text_or(""), "E_NO_PHONE_COLUMN");
}

BOOST_AUTO_TEST_CASE(rows_need_an_import_of_the_tenant) {
  const auto answer = ask<std::uint64_t>(
      stores.imports, save_import_rows{tenant, import_id::make(), {person(1)}, {}});
  BOOST_REQUIRE(!answer);
  BOOST_CHECK(answer.error() == errc::not_found);
  BOOST_CHECK_EQUAL(run("contacts.total")["total"].int_or(9), 0);
}

BOOST_AUTO_TEST_CASE(
    an_import_whose_reader_is_gone_has_failed_until_it_is_uploaded_again) {
  const auto told = [&](const std::string& more = {}) {
    by_admin("update imports set process = 'run-1', taken_at = now() - interval '11 s'");
    if (!more.empty())
      by_admin("update imports set " + more);
    return document();
  };
  begin();
  save({person(2)});
  by_admin(
      "insert into nodes (node_id, incarnation, basp_host, basp_port, http_url, "
      "build, state, lease_until, process) values ('node-r', 1, '', 0, '', '', 'up', "
      "now(), 'run-1')");
  BOOST_CHECK_EQUAL(told()["status"].text_or(""), "processing");
  BOOST_TEST(told()["error"].is_null());
  // It is declared dead, or the node runs again as another process.
  for (const auto* end : {"state = 'dead'", "state = 'up', process = 'run-2'"}) {
    by_admin(std::string{"update nodes set "} + end + " where node_id = 'node-r'");
    BOOST_CHECK_EQUAL(told()["status"].text_or(""), "failed");
    BOOST_CHECK_EQUAL(told()["error"]["code"].text_or(""), "E_INTERRUPTED");
    BOOST_CHECK_EQUAL(run("imports.list").items().at(0)["status"].text_or(""), "failed");
  }
  // Its time to become a member is not over yet.
  BOOST_CHECK_EQUAL(told("taken_at = now()")["status"].text_or(""), "processing");
}

BOOST_AUTO_TEST_CASE(the_same_upload_goes_on_with_what_was_broken_off) {
  begin();
  save({person(2)});
  finish("E_INTERRUPTED");
  BOOST_CHECK_EQUAL(document()["status"].text_or(""), "failed");
  const auto first = id;
  id = import_id::make();
  const auto again = begin();
  BOOST_CHECK(again.import == first);
  BOOST_CHECK_EQUAL(again.status, "processing");
  id = first;
  BOOST_TEST(document()["error"].is_null());
  save({person(2), person(3)});
  BOOST_TEST(finish());
  BOOST_CHECK_EQUAL(document()["status"].text_or(""), "completed");
  BOOST_CHECK_EQUAL(document()["rows"].int_or(0), 2);
  // What failed for its content is not read again.
  id = import_id::make();
  begin("other");
  finish("E_NO_ROWS");
  BOOST_CHECK_EQUAL(begin("other").status, "failed");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
