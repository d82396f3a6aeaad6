#include "runtime/base/error.hpp"
#include "storage/pg/array_text.hpp"
#include "storage/pg/connection.hpp"
#include "storage/pg/times.hpp"
#include "storage/records/arguments.hpp"
#include "storage/stores/copy_lines.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

std::string read(const std::string& type, const record_argument& given) {
  const auto value = records::read_argument({type, "x", false}, given);
  if (!value)
    return value.error() == errc::not_found ? "not_found" : "invalid";
  return value->value_or("null");
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_forms)

BOOST_AUTO_TEST_CASE(arrays_keep_quotes_backslashes_and_nulls_apart) {
  pg::array_text texts;
  texts.add("a,b").add("q\"x\\y").add("").add("NULL").add_null();
  BOOST_CHECK_EQUAL(std::move(texts).text(), R"({"a,b","q\"x\\y","","NULL",NULL})");
  BOOST_CHECK_EQUAL(pg::array_text{}.text(), "{}");
}

BOOST_AUTO_TEST_CASE(times_keep_microseconds_in_and_milliseconds_out) {
  const wall_time at{std::chrono::microseconds{1'795'254'245'123'456}};
  BOOST_CHECK_EQUAL(pg::sql_time(at), "2026-11-21T09:44:05.123456Z");
  const auto shown = [](const char* sql) {
    std::string out;
    pg::append_sql_time(out, sql);
    return out;
  };
  BOOST_CHECK_EQUAL(shown("2026-11-21 09:44:05.123456+00"), "2026-11-21T09:44:05.123Z");
  BOOST_CHECK_EQUAL(shown("2026-11-21 09:44:05.1+00"), "2026-11-21T09:44:05.100Z");
  BOOST_CHECK_EQUAL(shown("2026-11-21 09:44:05+00"), "2026-11-21T09:44:05.000Z");
  BOOST_CHECK_EQUAL(shown("infinity"), "infinity");
}

BOOST_AUTO_TEST_CASE(copy_lines_escape_what_would_end_a_field_or_line) {
  pg::copy_line line;
  line.add("a\tb").add("c\nd\re").add("\\N").add_null().add_or_null("");
  BOOST_CHECK_EQUAL(line.text(), "a\\tb\tc\\nd\\re\t\\\\N\t\\N\t\\N");
  line.clear();
  BOOST_CHECK_EQUAL(line.add("x").text(), "x");
}

BOOST_AUTO_TEST_CASE(arguments_are_checked_by_kind) {
  const std::string hex = "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b";
  const std::string uuid = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
  BOOST_CHECK_EQUAL(read("cmp", "cmp_" + hex), uuid);
  BOOST_CHECK_EQUAL(read("cmp", uuid), uuid);
  BOOST_CHECK_EQUAL(read("cmp", "ctc_" + hex), "not_found");
  BOOST_CHECK_EQUAL(read("cmp", hex), "not_found");
  BOOST_CHECK_EQUAL(read("int", "12"), "12");
  BOOST_CHECK_EQUAL(read("int", "12x"), "invalid");
  BOOST_CHECK_EQUAL(read("bool", "yes"), "invalid");
  BOOST_CHECK_EQUAL(read("list", R"(["a","b\"c"])"), R"({"a","b\"c"})");
  BOOST_CHECK_EQUAL(read("list", "[1]"), "invalid");
  BOOST_CHECK_EQUAL(read("time", "2026-11-21T15:14:05+05:30"),
                    "2026-11-21T09:44:05.000000Z");
  BOOST_CHECK_EQUAL(read("text", std::nullopt), "invalid");
  const auto absent = records::read_argument({"int", "x", true}, std::string{});
  BOOST_CHECK(absent && !*absent);
}

BOOST_AUTO_TEST_CASE(argument_lists_are_read_as_they_are_written) {
  const auto list = records::parse_arguments("cmp id, text? reason, cursor");
  BOOST_REQUIRE_EQUAL(list.size(), 3u);
  BOOST_CHECK_EQUAL(list[0].type + list[0].name, "cmpid");
  BOOST_CHECK(!list[0].optional);
  BOOST_CHECK(list[1].optional);
  BOOST_CHECK_EQUAL(list[1].type, "text");
  BOOST_CHECK_EQUAL(list[2].type, "cursor");
  BOOST_CHECK(records::parse_arguments("").empty());
}

BOOST_AUTO_TEST_CASE(cursors_come_back_as_they_left) {
  const std::string key = R"(["2026-11-21T09:44:05+00:00", "+91"])";
  BOOST_CHECK_EQUAL(**records::read_cursor(records::write_cursor(key)), key);
  BOOST_CHECK(!records::read_cursor(std::string{"not base64url!"}));
  BOOST_CHECK(!records::read_cursor(std::string(2000, 'a')));
  BOOST_CHECK(!*records::read_cursor(std::nullopt));
}

BOOST_AUTO_TEST_CASE(connections_give_up_on_dead_servers) {
  pg::connection_options options;
  options.url = "host=db dbname=caly connect_timeout=9";
  const auto words = pg::with_connect_limits(options);
  BOOST_CHECK(words.find("connect_timeout=9 ") != std::string::npos);
  BOOST_CHECK(words.find("connect_timeout=2") == std::string::npos);
  BOOST_CHECK(words.find(" tcp_user_timeout=3000") != std::string::npos);
  BOOST_CHECK(words.find(" keepalives_count=3") != std::string::npos);
  options.url = "postgresql://u@db/caly";
  BOOST_CHECK(pg::with_connect_limits(options).starts_with(
      "postgresql://u@db/caly?connect_timeout=2&tcp_user_timeout=3000&"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
