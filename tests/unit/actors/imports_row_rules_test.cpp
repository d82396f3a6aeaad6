#include "actors/imports/error_report.hpp"
#include "actors/imports/import_session.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly::test {
namespace {

struct imported {
  std::vector<import_row> rows;
  std::vector<import_error> errors;
  import_counts counts;
  std::optional<import_failure> failure;
  std::string report;

  /// The code of the only refused row, or of the file; "" when there is none.
  std::string code() const {
    if (failure)
      return std::string{to_code(failure->code)};
    return errors.size() == 1 ? errors[0].code : "";
  }
};

imported run(std::string_view text, import_options options = {}) {
  imported result;
  import_session* running = nullptr;
  import_handlers handlers;
  handlers.accepted = [&](std::vector<import_row>&& rows) {
    for (auto& row : rows)
      result.rows.push_back(std::move(row));
  };
  handlers.rejected = [&](const rejected_row& row) {
    if (result.report.empty())
      append_error_header(result.report, running->columns());
    append_error_row(result.report, running->columns().size(), row);
    result.errors.push_back(to_import_error(row));
  };
  import_session session{std::move(options), std::move(handlers)};
  running = &session;
  session.feed(text);
  result.failure = session.finish();
  result.counts = session.counts();
  return result;
}

BOOST_AUTO_TEST_SUITE(imports_row_rules_suite)

BOOST_AUTO_TEST_CASE(a_good_row_becomes_a_contact_with_variables) {
  const auto got =
      run("Name,Mobile No,Order ID,Note,Tags\n"
          "  Asha   Rao ,98765 43210,ORD-1,\"said \"\"yes\"\"\nज़रूर\",vip; new ,\n");
  BOOST_REQUIRE(got.rows.size() == 1u);
  const auto& row = got.rows[0];
  BOOST_TEST(row.row_no == 2);
  BOOST_TEST(row.phone == "+919876543210");
  BOOST_TEST(row.name == "Asha Rao");
  BOOST_TEST(row.time_zone == "Asia/Kolkata");
  BOOST_TEST(row.tags == "vip,new");
  const auto variables = json::parse(row.variables);
  BOOST_REQUIRE(variables);
  BOOST_TEST((*variables)["order_id"].text_or("") == "ORD-1");
  BOOST_TEST((*variables)["note"].text_or("") == "said \"yes\"\nज़रूर");
  BOOST_TEST(variables->members().size() == 2u);
}

BOOST_AUTO_TEST_CASE(each_bad_row_gets_its_code) {
  BOOST_TEST(run("phone,city\n,Pune\n").code() == "E_PHONE_MISSING");
  BOOST_TEST(run("phone\n12345\n").code() == "E_PHONE_INVALID");
  BOOST_TEST(run("phone\n9.19877E+11\n").code() == "E_PHONE_SCIENTIFIC");
  BOOST_TEST(run("phone\n+19005550123\n").code() == "E_PREMIUM");
  BOOST_TEST(run("phone,city\n9876543210,a,b\n").code() == "E_COLUMNS");
  BOOST_TEST(run("name,phone\nAsha\n").code() == "E_COLUMNS");
  BOOST_TEST(run("phone,x\n9876543210," + std::string(5000, 'x') + "\n").code() ==
             "E_TOO_LONG");
  BOOST_TEST(run("phone,name\n9876543210," + std::string(401, 'x') + "\n").code() ==
             "E_TOO_LONG");
  BOOST_TEST(run("phone,नाम\n9876543210,\xe9t\xe9\n9876543211,आशा\n").code() ==
             "E_ENCODING");
  BOOST_TEST(run("phone,x\n9876543210,\"a\"b\n").code() == "E_QUOTES");
  BOOST_TEST(run("phone,timezone\n9876543210,Mars/Base\n").code() == "E_TIME_ZONE");
  BOOST_TEST(run("phone,tags\n9876543210," + std::string(65, 't') + "\n").code() ==
             "E_TOO_LONG");
  BOOST_TEST(run("phone\n9876543210\n").code() == "");
}

BOOST_AUTO_TEST_CASE(options_refuse_more) {
  import_options options;
  options.required_variables = {"city"};
  BOOST_TEST(run("phone,city\n9876543210,\n", options).code() == "E_VAR_MISSING");
  BOOST_TEST(run("phone,town\n9876543210,x\n", options).code() == "E_VAR_MISSING");
  options = {};
  options.blocked_countries = {"US", "GB"};
  const auto got = run("phone\n+14155550123\n+14165550123\n9876543210\n", options);
  BOOST_TEST(got.code() == "E_COUNTRY_BLOCKED");
  BOOST_TEST(got.rows.size() == 2u);
  options = {};
  BOOST_TEST(
      run("phone\n011-23456789\n", options).counts.of(import_code::phone_landline) == 1u);
  options.refuse_landlines = true;
  BOOST_TEST(run("phone\n011-23456789\n", options).code() == "E_PHONE_LANDLINE");
}

BOOST_AUTO_TEST_CASE(a_repeated_number_names_the_row_where_it_stood_first) {
  const auto got = run("phone\n9876543210\n12\n\n+91 98765 43210\n09876543210\n");
  BOOST_TEST(got.rows.size() == 1u);
  BOOST_TEST(got.counts.duplicate_in_file == 2u);
  BOOST_TEST(got.counts.invalid == 1u);
  BOOST_REQUIRE(got.errors.size() == 3u);
  BOOST_TEST(got.errors[1].code == "E_DUP_IN_FILE");
  BOOST_TEST(got.errors[1].row_no == 5);
  BOOST_TEST(got.errors[1].message == "the same number as in row 2");
}

BOOST_AUTO_TEST_CASE(a_refused_row_does_not_make_the_next_one_a_duplicate) {
  const auto got = run("phone,tz\n9876543210,Mars/Base\n9876543210,\n");
  BOOST_TEST(got.rows.size() == 1u);
  BOOST_TEST(got.counts.duplicate_in_file == 0u);
}

BOOST_AUTO_TEST_CASE(names_lose_characters_that_deceive_readers) {
  const auto got =
      run("phone,name\n9876543210,\"A\u202esha\x1b[31m \n\u2066Rao\u200b\"\n");
  BOOST_REQUIRE(got.rows.size() == 1u);
  BOOST_TEST(got.rows[0].name == "Asha[31m Rao");
  BOOST_TEST(got.counts.of(import_code::name_control_chars) == 1u);
  // Joiners belong to the spelling of Indian scripts.
  BOOST_TEST(run("phone,name\n9876543210,क्\u200dष\n").rows.at(0).name == "क्\u200dष");
}

BOOST_AUTO_TEST_CASE(formulas_are_kept_as_they_are_and_flagged) {
  const auto got =
      run("phone,note\n9876543210,=1+1\n9876543211,-5\n9876543212,\"'=SUM(A1)\"\n");
  BOOST_REQUIRE(got.rows.size() == 3u);
  BOOST_TEST(got.counts.of(import_code::formula) == 2u);
  BOOST_TEST(got.rows[0].variables == R"({"note":"=1+1"})");
  BOOST_TEST(got.rows[1].variables == R"({"note":"-5"})");
  BOOST_TEST(got.rows[2].variables == R"json({"note":"=SUM(A1)"})json");
}

BOOST_AUTO_TEST_CASE(the_time_zone_is_told_derived_or_left_open) {
  const auto got = run("phone,time_zone\n9876543210,asia/kolkata\n+14155550123,\n"
                       "+18505550123,\n+18505550124,America/Chicago\n9876543211,IST\n"
                       "9876543212,Asia/Calcutta\n");
  BOOST_REQUIRE(got.rows.size() == 6u);
  BOOST_TEST(got.rows[0].time_zone == "Asia/Kolkata");
  BOOST_TEST(got.rows[1].time_zone == "America/Los_Angeles");
  BOOST_TEST(got.rows[2].time_zone == "");
  BOOST_TEST(got.rows[3].time_zone == "America/Chicago");
  BOOST_TEST(got.rows[4].time_zone == "Asia/Kolkata");
  BOOST_TEST(got.rows[5].time_zone == "Asia/Kolkata");
  BOOST_TEST(run("phone,tz\n9876543210,EST\n").code() == "E_TIME_ZONE");
}

BOOST_AUTO_TEST_CASE(cells_missing_at_the_end_are_empty) {
  const auto got =
      run("phone,city,note\n9876543210,Pune\n9876543211\n9876543212,a,b,,\n");
  BOOST_REQUIRE(got.rows.size() == 3u);
  BOOST_TEST(got.rows[1].variables == R"({"city":"","note":""})");
}

BOOST_AUTO_TEST_CASE(the_error_file_says_what_is_wrong_and_cannot_run_formulas) {
  const auto got = run("phone,name,note\n12345,=HYPERLINK(1),\"a \"\"b\"\", c\"\n"
                       "+9100,@x,\u200b\n");
  const std::string expected =
      "\xef\xbb\xbfphone,name,note,caly_row,caly_error_code,caly_error,caly_"
      "suggestion\r\n"
      "12345,\"'=HYPERLINK(1)\",\"a \"\"b\"\", c\",2,E_PHONE_INVALID,an Indian number "
      "has "
      "10 digits,\"Check the digits; write a foreign number with + and its country "
      "code.\"\r\n"
      "\"'+9100\",\"'@x\",\u200b,3,E_PHONE_INVALID,too few digits,Add the missing "
      "digits.\r\n";
  BOOST_TEST(got.report == expected);
  std::string again;
  append_error_header(again, {"phone", "name", "note"});
  for (const auto& error : got.errors)
    append_error_row(again, 3, error);
  BOOST_TEST(again == expected);
}

BOOST_AUTO_TEST_CASE(no_cell_of_an_error_file_begins_like_a_formula) {
  for (const auto* text : {"=1",
                           "+1",
                           "-1",
                           "@a",
                           ";a",
                           "|a",
                           "\ta",
                           "\ra",
                           "\na",
                           " =1",
                           "\"=1",
                           "'=1",
                           "\uff1d1",
                           "\uff0b1",
                           "\uff0d1",
                           "\uff201"}) {
    std::string cell;
    append_safe_cell(cell, text);
    BOOST_CHECK_MESSAGE(cell.starts_with("\"'"), text);
  }
  for (const auto* text : {"a=1", "1-2", "Asha", ""}) {
    std::string cell;
    append_safe_cell(cell, text);
    BOOST_TEST(cell == text);
  }
}

BOOST_AUTO_TEST_CASE(a_mended_error_file_can_be_uploaded_as_it_is) {
  auto report = run("phone,note\n+9198765432,=1+1\n98,-x\n").report;
  const auto wrong = report.find("'+9198765432");
  report.replace(wrong, 12, "'+919876543210");
  report.replace(report.find("\r\n98,"), 5, "\r\n9876543211,");
  const auto got = run(report);
  BOOST_REQUIRE(got.rows.size() == 2u);
  BOOST_TEST(got.rows[0].phone == "+919876543210");
  BOOST_TEST(got.rows[0].variables == R"({"note":"=1+1"})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
