#include "cluster/console/call_machine.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

BOOST_AUTO_TEST_SUITE(call_machine)

BOOST_AUTO_TEST_CASE(a_call_is_shown_with_its_state_timers_leases_and_messages) {
  const auto view = json::parse(R"({"now_ms":1790000012400,
    "states":[{"name":"placed","current":false},
              {"name":"talking","current":true,"since_ms":1790000000000},
              {"name":"over","current":false}],
    "mailbox":3,
    "timers":[{"name":"tick","due_ms":1790000013400},{"name":"max_length","due_ms":1790000012000}],
    "leases":[{"name":"permit","value":"held"},{"name":"credit","value":"2 holds"}],
    "fields":{"status":"in_progress","ending":""},
    "messages":[{"n":7,"at_ms":1790000012300,"kind":"call_tick","did":"store extend_hold","changed":"extending=yes"},
                {"n":8,"at_ms":1790000012350,"kind":"call_tick","did":"","changed":""}]})");
  BOOST_REQUIRE(view);
  const auto text = machine_text("call_1", *view);
  for (const auto* part : {"call_1 ",
                           "placed > [talking 12.4s] > over",
                           "3 waiting",
                           "tick in 1.0s, max_length is due",
                           "permit: held",
                           "credit: 2 holds",
                           "status=in_progress\n",
                           "the last 2",
                           "call_tick -> store extend_hold | extending=yes"})
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, part << " in\n" << text);
  for (const auto* empty : {" ending=", "\nending="})
    BOOST_TEST(text.find(empty) == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
