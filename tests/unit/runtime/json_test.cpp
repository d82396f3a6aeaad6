#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

BOOST_AUTO_TEST_SUITE(json_suite)

BOOST_AUTO_TEST_CASE(reads_what_it_wrote) {
  json_writer out;
  out.begin_object()
      .field("name", "Asha \"A\"\n")
      .field("n", 42)
      .key("list")
      .begin_array();
  out.value(true).null().value(1.5).end_array().end_object();
  const auto back = json::parse(out.str());
  BOOST_REQUIRE(back);
  BOOST_TEST((*back)["name"].text_or("") == "Asha \"A\"\n");
  BOOST_TEST((*back)["n"].int_or(0) == 42);
  BOOST_TEST((*back)["list"].items().size() == 3u);
  BOOST_TEST(back->dump() == out.str());
}

BOOST_AUTO_TEST_CASE(a_number_whose_exponent_overflows_is_refused) {
  const auto bomb = json::parse("[0.00000000001e-2147483639]");
  BOOST_REQUIRE(!bomb);
  BOOST_CHECK(bomb.error() == errc::invalid);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_levels_are_refused) {
  BOOST_CHECK(!json::parse(std::string(100'000, '[')));
  BOOST_CHECK(!json::parse(std::string(65, '[') + std::string(65, ']')));
  BOOST_CHECK(json::parse(std::string(64, '[') + std::string(64, ']')));
}

BOOST_AUTO_TEST_CASE(duplicate_keys_are_refused_in_small_and_large_objects) {
  BOOST_CHECK(!json::parse(R"({"a":1,"a":2})"));
  std::string large = "{";
  for (int i = 0; i < 40; ++i)
    large += "\"k" + std::to_string(i) + "\":1,";
  BOOST_CHECK(json::parse(large + "\"k40\":1}"));
  BOOST_CHECK(!json::parse(large + "\"k3\":1}"));
}

BOOST_AUTO_TEST_CASE(text_after_the_value_bad_utf8_and_oversize_are_refused) {
  BOOST_CHECK(!json::parse("{} x"));
  BOOST_CHECK(!json::parse("\"\xff\""));
  BOOST_CHECK(!json::parse(""));
  const auto large = json::parse(std::string(300'000, ' ') + "1");
  BOOST_REQUIRE(!large);
  BOOST_CHECK(large.error() == errc::too_large);
}

BOOST_AUTO_TEST_CASE(broken_utf8_never_leaves_the_writer) {
  std::string out;
  append_json_string(out, "a\xff\xed\xa0\x80z\x01");
  BOOST_CHECK(json::parse(out));
}

BOOST_AUTO_TEST_CASE(a_reader_reports_all_problems_at_once) {
  const auto body = json::parse(R"({"name":7,"age":200,"nmae":"x"})");
  json_reader in{*body};
  in.text("name");
  in.integer("age", 0, 150);
  in.text("email");
  in.refuse_unknown();
  BOOST_TEST(in.problems().size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
