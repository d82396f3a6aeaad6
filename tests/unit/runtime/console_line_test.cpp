#include "runtime/base/error.hpp"
#include "runtime/console/command.hpp"
#include "runtime/console/line.hpp"
#include "runtime/console/table.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

console_line parsed(std::string_view text) {
  auto line = parse_console_line(text);
  BOOST_REQUIRE_MESSAGE(line, text);
  return std::move(*line);
}

std::string words(const std::vector<console_word>& all) {
  std::string joined;
  for (const auto& each : all)
    joined += "[" + each.text + "]";
  return joined;
}

BOOST_AUTO_TEST_SUITE(console_line_suite)

BOOST_AUTO_TEST_CASE(cuts_words_quotes_and_pipes) {
  const auto line = parsed(R"(ps  "a \"b\" | c" 'd\e' x"y z" | grep 'no | pipe'|head 3)");
  BOOST_TEST(words(line.command) == R"([ps][a "b" | c][d\e][xy z])");
  BOOST_REQUIRE(line.filters.size() == 2u);
  BOOST_TEST(line.filters[0][1] == "no | pipe");
  BOOST_TEST(line.filters[1][0] == "head");
  BOOST_TEST(parsed("  ").command.empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_has_no_meaning) {
  BOOST_CHECK(parse_console_line("ps \"open") == errc::invalid);
  BOOST_CHECK(parse_console_line("ps |") == errc::invalid);
  BOOST_CHECK(parse_console_line("| head") == errc::invalid);
  BOOST_CHECK(parse_console_line("ps || head") == errc::invalid);
  BOOST_CHECK(parse_console_line(std::string(5'000, 'x')) == errc::too_large);
  std::string many;
  for (int i = 0; i < 65; ++i)
    many += "x ";
  BOOST_CHECK(parse_console_line(many) == errc::too_large);
}

const console_command sample{
    "go", console_level::observe, "go <where>", "", {"kind"}, {"fast"}, 1, nullptr};

caf::expected<console_args> args(std::string_view text) {
  return parse_console_args(sample, parsed(text).command);
}

BOOST_AUTO_TEST_CASE(sorts_words_flags_and_switches) {
  const auto x = args("home --kind=car --fast -o json --limit 5");
  BOOST_REQUIRE(x);
  BOOST_TEST(x->word(0) == "home");
  BOOST_TEST(x->word(1) == "");
  BOOST_TEST(x->text("kind") == "car");
  BOOST_TEST(x->has("fast"));
  BOOST_TEST(x->text("output") == "json");
  BOOST_TEST(*x->integer("limit", 1, 1, 9) == 5);
  BOOST_TEST(*x->integer("absent", 7, 1, 9) == 7);
}

BOOST_AUTO_TEST_CASE(refuses_flags_it_does_not_know_and_values_that_lack) {
  BOOST_CHECK(args("--speed 5") == errc::invalid);
  BOOST_CHECK(args("--kind") == errc::invalid);
  BOOST_CHECK(args("--fast=yes") == errc::invalid);
  BOOST_CHECK(args("a b") == errc::invalid);
  BOOST_CHECK(args("--limit 10")->integer("limit", 1, 1, 9) == errc::invalid);
  BOOST_CHECK(args("--limit 5x")->integer("limit", 1, 1, 9) == errc::invalid);
}

BOOST_AUTO_TEST_CASE(a_quoted_word_is_never_a_flag) {
  BOOST_TEST(args("\"--fast\"")->word(0) == "--fast");
  BOOST_TEST(args("-5")->word(0) == "-5");
}

BOOST_AUTO_TEST_CASE(reads_times_with_their_unit) {
  BOOST_CHECK(parse_time("500ms") == 500ms);
  BOOST_CHECK(parse_time("30s") == 30s);
  BOOST_CHECK(parse_time("10m") == 10min);
  BOOST_CHECK(parse_time("2h") == 2h);
  for (const auto* text : {"", "5", "s", "-1s", "5 s", "1e3s"})
    BOOST_CHECK(!parse_time(text));
}

BOOST_AUTO_TEST_CASE(the_longest_name_wins_and_typing_errors_are_near) {
  console_registry registry;
  for (const auto* name : {"log level", "log tail", "ps", "trace", "history"})
    registry.add({name, console_level::observe, name, "", {}, {}, 1, nullptr});
  std::size_t used = 0;
  const auto* found = registry.find(parsed("log level debug").command, used);
  BOOST_REQUIRE(found != nullptr);
  BOOST_TEST(found->name == "log level");
  BOOST_TEST(used == 2u);
  BOOST_TEST(registry.find(parsed("log").command, used) == nullptr);
  BOOST_TEST(registry.nearest("histroy") == "history");
  BOOST_TEST(registry.nearest("trcae") == "trace");
  BOOST_TEST(registry.nearest("sp") == "ps");
  BOOST_TEST(registry.nearest("log levle") == "log level");
  BOOST_TEST(registry.nearest("zzzzzzzz") == "");
  BOOST_TEST(registry.starting_with("log ").size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(console_table_suite)

console_table people() {
  console_table table;
  table.columns = {{"name"}, {"age", true}, {"phone", false, true}};
  table.rows = {{"Asha", 41, "+919876543210"},
                {"Bo", 9, "=1+1"},
                {"Chandra, \"C\"", 100, "\x1b[2J"}};
  return table;
}

BOOST_AUTO_TEST_CASE(shows_columns_by_width_and_wide_ones_on_demand) {
  BOOST_TEST(render(people(), console_format::table, 10) == "NAME          AGE\n"
                                                            "Asha           41\n"
                                                            "Bo              9\n"
                                                            "Chandra, \"C\"  100\n");
  const auto wide = render(people(), console_format::wide, 10);
  BOOST_TEST(wide.find("+91******3210") != std::string::npos);
  BOOST_TEST(wide.find('\x1b') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_how_many_rows_are_missing) {
  const auto text = render(people(), console_format::table, 1);
  BOOST_TEST(text.find("… 2 more, use --limit") != std::string::npos);
  BOOST_TEST(text.find("Bo") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_keeps_numbers_and_masks_texts) {
  BOOST_TEST(render(people(), console_format::json, 1) ==
             R"([{"name":"Asha","age":41,"phone":"+91******3210"}])");
  auto record = console_table::make_record();
  record.field("calls", 3);
  record.field("state", "up");
  BOOST_TEST(render(record, console_format::json, 10) == R"({"calls":3,"state":"up"})");
}

BOOST_AUTO_TEST_CASE(csv_quotes_and_defuses_formulas) {
  BOOST_TEST(render(people(), console_format::csv, 10) ==
             "name,age,phone\r\n"
             "Asha,41,'+91******3210\r\n"
             "Bo,9,'=1+1\r\n"
             "\"Chandra, \"\"C\"\"\",100, [2J\r\n");
}

BOOST_AUTO_TEST_CASE(filters_rows_behind_pipes) {
  auto table = people();
  auto format = console_format::table;
  BOOST_CHECK(!apply_filter({"sort", "age", "desc"}, table, format));
  BOOST_TEST(table.rows[0][0].text == "Chandra, \"C\"");
  BOOST_CHECK(!apply_filter({"grep", "-v", "CHANDRA"}, table, format));
  BOOST_TEST(table.rows.size() == 2u);
  BOOST_CHECK(!apply_filter({"head", "1"}, table, format));
  BOOST_TEST(table.rows.size() == 1u);
  BOOST_TEST(table.rows[0][0].text == "Asha");
  BOOST_CHECK(!apply_filter({"json"}, table, format));
  BOOST_CHECK(format == console_format::json);
  BOOST_CHECK(apply_filter({"sort", "height"}, table, format) == errc::invalid);
  BOOST_CHECK(apply_filter({"rm"}, table, format) == errc::invalid);
  BOOST_CHECK(apply_filter({"head", "x"}, table, format) == errc::invalid);
}

BOOST_AUTO_TEST_CASE(times_and_sizes_read_well) {
  BOOST_TEST(console_cell::time(0.0031).text == "3ms");
  BOOST_TEST(console_cell::time(8.14).text == "8.1s");
  BOOST_TEST(console_cell::time(8'040).text == "2h14m");
  BOOST_TEST(console_cell::time(8'040).raw == "8040.000000");
  BOOST_TEST(console_cell::bytes(412u << 20).text == "412M");
  BOOST_TEST(console_cell::bytes(17).text == "17");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
