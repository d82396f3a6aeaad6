#include "actors/imports/import_session.hpp"
#include "actors/model/phone_number.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace caly::test {
namespace {

struct imported {
  std::optional<import_failure> failure;
  import_counts counts;
  import_outline outline;
  std::size_t accepted = 0;
  std::size_t rejected = 0;
  std::size_t batches = 0;
  std::size_t batch_rows_max = 0;

  std::string code() const { return failure ? std::string{to_code(failure->code)} : ""; }
};

imported
run(std::string_view text, std::size_t cut = 1 << 20, import_options options = {}) {
  imported result;
  import_handlers handlers;
  handlers.accepted = [&](std::vector<import_row>&& rows) {
    result.accepted += rows.size();
    ++result.batches;
    result.batch_rows_max = std::max(result.batch_rows_max, rows.size());
    for (const auto& row : rows) {
      BOOST_REQUIRE(phone_number::parse(row.phone));
      BOOST_REQUIRE(json::parse(row.variables));
    }
  };
  handlers.rejected = [&](const rejected_row& row) {
    ++result.rejected;
    BOOST_REQUIRE(!row.message.empty());
    BOOST_REQUIRE(!row.suggestion.empty());
    BOOST_REQUIRE(to_code(row.code).starts_with("E_"));
  };
  import_session session{std::move(options), std::move(handlers)};
  for (std::size_t at = 0; at < text.size(); at += cut)
    session.feed(text.substr(at, cut));
  result.failure = session.finish();
  result.counts = session.counts();
  result.outline = session.outline();
  const auto& counts = result.counts;
  BOOST_REQUIRE(counts.rows ==
                counts.accepted + counts.duplicate_in_file + counts.invalid);
  BOOST_REQUIRE(result.rejected == counts.duplicate_in_file + counts.invalid);
  if (!result.failure)
    BOOST_REQUIRE(result.accepted == counts.accepted);
  return result;
}

std::string rows_of(std::size_t count) {
  std::string text = "phone,city\n";
  for (std::size_t i = 0; i < count; ++i)
    text += std::to_string(9'000'000'000 + i) + ",Pune\n";
  return text;
}

BOOST_AUTO_TEST_SUITE(imports_session_suite)

BOOST_AUTO_TEST_CASE(good_rows_load_in_batches_and_counts_add_up) {
  import_options options;
  options.batch_rows = 100;
  const auto got = run(rows_of(250) + "12,x\n9000000000,x\n", 1000, options);
  BOOST_TEST(got.code() == "");
  BOOST_TEST(got.counts.rows == 252u);
  BOOST_TEST(got.accepted == 250u);
  BOOST_TEST(got.batches == 3u);
  BOOST_TEST(got.batch_rows_max == 100u);
  BOOST_TEST(got.counts.of(import_code::phone_invalid) == 1u);
  BOOST_TEST(got.counts.of(import_code::duplicate_in_file) == 1u);
}

BOOST_AUTO_TEST_CASE(a_file_is_refused_as_a_whole_with_a_reason) {
  using namespace std::string_literals;
  const std::pair<std::string, const char*> files[] = {
      {"", "E_FILE_EMPTY"},
      {"\n \r\n,,\n", "E_FILE_EMPTY"},
      {"\xef\xbb\xbf", "E_FILE_EMPTY"},
      {"PK\x03\x04zip", "E_FILE_BINARY"},
      {"phone\n98\0"s, "E_FILE_BINARY"},
      {"name,city\nAsha,Pune\n", "E_NO_PHONE_COLUMN"},
      {"Asha,9876543210\n", "E_NO_HEADER"},
      {"phone,name\n", "E_NO_ROWS"},
      {"phone,name", "E_NO_ROWS"},
      {"phone,\"name\nAsha", "E_QUOTES"},
      {"आ,phone\xe9,आआ\n", "E_ENCODING"},
  };
  for (const auto& [text, code] : files) {
    const auto got = run(text);
    BOOST_CHECK_MESSAGE(got.code() == code, code << " != " << got.code());
    BOOST_CHECK(got.failure && got.failure->message.size() > 10);
  }
}

BOOST_AUTO_TEST_CASE(limits_hold_at_their_last_value) {
  BOOST_TEST(run(rows_of(150'000)).accepted == 150'000u);
  BOOST_TEST(run(rows_of(150'001)).code() == "E_TOO_MANY_ROWS");
  std::string columns = "phone";
  for (int i = 1; i < 100; ++i)
    columns += ",c" + std::to_string(i);
  BOOST_TEST(run(columns + "\n9876543210\n").code() == "");
  BOOST_TEST(run(columns + ",c100\n9876543210\n").code() == "E_TOO_MANY_COLUMNS");
  std::string large = "phone,note\n";
  while (large.size() < 21u * 1024 * 1024)
    large += std::to_string(9'000'000'000 + large.size()) + ',' + std::string(4000, 'x') +
             '\n';
  BOOST_TEST(run(large).code() == "E_FILE_TOO_LARGE");
  BOOST_TEST(run(large, 64 * 1024).code() == "E_FILE_TOO_LARGE");
  large.resize(20u * 1024 * 1024);
  BOOST_TEST(run(large).code() == "");
}

BOOST_AUTO_TEST_CASE(feeding_after_a_refusal_does_nothing) {
  import_session session{{}, {}};
  session.feed("name,city\nAsha,Pune\n" + std::string(200'000, 'x'));
  BOOST_TEST(!session.feed("phone\n9876543210\n"));
  BOOST_TEST((session.finish()->code == import_code::no_phone_column));
  BOOST_TEST(session.counts().rows == 0u);
}

BOOST_AUTO_TEST_CASE(
    a_preview_shows_columns_mapping_and_the_first_values_that_there_are) {
  const std::string text = "Name;Mobile;Order ID\n;9876543210;\nAsha;9876543211;O-1\n"
                           "Ravi;9876543212;\nMeera;9876543213;O-2\nSunita;98765";
  const auto got = preview_import(text, true, {});
  BOOST_TEST(!got.failure);
  BOOST_TEST(
      (got.outline.columns == std::vector<std::string>{"Name", "Mobile", "Order ID"}));
  BOOST_TEST(got.outline.delimiter == ";");
  BOOST_TEST(got.outline.encoding == "UTF-8");
  BOOST_REQUIRE(got.outline.mapping.size() == 2u);
  BOOST_TEST(got.outline.mapping[0].first == "phone");
  BOOST_TEST(got.outline.mapping[0].second == "Mobile");
  BOOST_TEST((got.outline.variables == std::vector<std::string>{"order_id"}));
  BOOST_REQUIRE(got.outline.sample.size() == 3u);
  BOOST_TEST(
      (got.outline.sample[0] == std::vector<std::string>{"Asha", "Ravi", "Meera"}));
  BOOST_TEST((got.outline.sample[2] == std::vector<std::string>{"O-1", "O-2"}));
  // The cut row is neither counted nor called wrong.
  BOOST_TEST(got.counts.rows == 4u);
  BOOST_TEST(got.counts.invalid == 0u);
}

BOOST_AUTO_TEST_CASE(the_demo_file_loads_as_its_readers_expect) {
  std::ifstream file{"config/demo/contacts.csv"};
  std::stringstream text;
  text << file.rdbuf();
  const auto got = run(text.str());
  BOOST_TEST(got.code() == "");
  BOOST_TEST(got.counts.rows == 60u);
  BOOST_TEST(got.counts.accepted == 57u);
  BOOST_TEST(got.counts.duplicate_in_file == 1u);
  BOOST_TEST(got.counts.invalid == 2u);
}

/// Bytes that look like CSV often enough to reach every state of the reader.
std::string random_file(std::mt19937& random) {
  static const std::vector<std::string> parts = {
      "\"",          "\"\"",     ",",     ";",      "\t",         "\n",
      "\r",          "\r\n",     "phone", "name",   "9876543210", "+91 98765 43211",
      "9.1E+11",     "आशा",      "\xe9",  "\xff",   "=1+1",       "x",
      " ",           "\"a\nb\"", "12",    "\u202e", "tags",       "time zone",
      "Asia/Kolkata"};
  std::string text;
  if (random() % 4 != 0)
    text = random() % 2 == 0 ? "phone,name,note\n" : "name;phone;tags;time zone\n";
  for (auto n = random() % 400; n > 0; --n)
    text += random() % 50 == 0 ? std::string(random() % 3000, 'y')
                               : parts[random() % parts.size()];
  if (random() % 3 == 0)
    for (auto n = random() % 20; n > 0 && !text.empty(); --n)
      text[random() % text.size()] = static_cast<char>(random() % 255 + 1);
  return text;
}

BOOST_AUTO_TEST_CASE(random_files_never_crash_and_their_counts_add_up) {
  const unsigned seed = 20261121;
  std::mt19937 random{seed};
  import_options options;
  options.limits.line_bytes_max = 2000; // so that the limits are met often
  options.limits.cell_bytes_max = 300;
  for (int i = 0; i < 3000; ++i) {
    const auto text = random_file(random);
    BOOST_TEST_CONTEXT("seed " << seed << " file " << i) {
      const auto whole = run(text, 1 << 20, options);
      const auto cut = run(text, random() % 97 + 1, options);
      BOOST_REQUIRE(whole.code() == cut.code());
      BOOST_REQUIRE(whole.counts.by_code == cut.counts.by_code);
      BOOST_REQUIRE(whole.counts.rows == cut.counts.rows);
    }
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_never_crash) {
  std::mt19937 random{7};
  for (int i = 0; i < 2000; ++i) {
    std::string text(random() % 500, '\0');
    for (auto& c : text)
      c = static_cast<char>(random());
    run(text, random() % 50 + 1);
    run("\xff\xfe" + text);
    std::erase(text, '\0');
    run("phone,x\n" + text, random() % 50 + 1);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
