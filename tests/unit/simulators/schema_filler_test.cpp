#include "tests/simulators/openai/schema_filler.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly;
using namespace caly::sim;

BOOST_AUTO_TEST_SUITE(schema_filler_suite)

namespace {

std::string fill(const char* schema, const char* talk) {
  return fill_schema(*json::parse(schema), read_talk(talk));
}

} // namespace

BOOST_AUTO_TEST_CASE(picks_the_value_of_an_enum_that_the_talk_supports) {
  const auto* schema =
      R"({"type":"object","properties":{)"
      R"("outcome":{"type":"string","enum":["other","not_interested"]},)"
      R"("sentiment":{"type":"string","enum":["POSITIVE","NEGATIVE"]}}})";
  BOOST_TEST(fill(schema, "agent: Hello\ncaller: No, I am not interested.") ==
             R"({"outcome":"not_interested","sentiment":"NEGATIVE"})");
}

BOOST_AUTO_TEST_CASE(reads_only_what_the_caller_said) {
  const auto* schema = R"({"type":"object","properties":{"outcome":{"type":"string"}}})";
  BOOST_TEST(fill(schema, "agent: Do you want an appointment?\ncaller: Who is this?") ==
             R"({"outcome":"other"})");
  BOOST_TEST(fill(schema, "agent: Hi\ncaller: Don't call me again.") ==
             R"({"outcome":"refusal"})");
}

BOOST_AUTO_TEST_CASE(knows_null_numbers_lists_and_references) {
  const auto* schema =
      R"({"type":"object","properties":{"email":{"type":["string","null"]},)"
      R"("lead_score":{"type":"integer","minimum":0,"maximum":10},"tags":{"type":"array",)"
      R"("items":{"type":"string"}},"who":{"$ref":"#/$defs/person"}},)"
      R"("$defs":{"person":{"type":"object","properties":{"name":{"type":"string"}}}}})";
  BOOST_TEST(fill(schema, "user: Yes, tell me more.\nuser: My name is Asha Rao.") ==
             R"({"email":null,"lead_score":8,"tags":["interested"],)"
             R"("who":{"name":"Asha Rao"}})");
}

BOOST_AUTO_TEST_CASE(survives_a_schema_that_refers_to_itself) {
  const auto* schema = R"({"type":"object","properties":{"next":{"$ref":"#/properties/)"
                       R"(next"}}})";
  BOOST_TEST(!fill(schema, "user: yes").empty());
  const auto* deep =
      R"({"$ref":"#/$defs/n","$defs":{"n":{"type":"object","properties":{"n":{"$ref":)"
      R"("#/$defs/n"}}}}})";
  BOOST_TEST(!fill(deep, "user: yes").empty());
}

BOOST_AUTO_TEST_SUITE_END()
