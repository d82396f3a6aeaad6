#include "net/events/socket_wish.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

BOOST_AUTO_TEST_SUITE(socket_wishes)

BOOST_AUTO_TEST_CASE(a_browser_listens_speaks_and_stops) {
  const auto call = call_id::make();
  const auto listen =
      read_socket_wish(R"({"type":"listen","call_id":")" + call.str() + "\"}");
  BOOST_REQUIRE(listen);
  BOOST_CHECK(listen->type == socket_wish::kind::listen);
  BOOST_CHECK(listen->call == call);
  const auto speak =
      read_socket_wish(R"({"type":"speak","audio":")" + to_base64("abc") + "\"}");
  BOOST_REQUIRE(speak);
  BOOST_CHECK(speak->type == socket_wish::kind::speak);
  BOOST_TEST(speak->codes == "abc");
  const auto stop = read_socket_wish(R"({"type":"stop_listening"})");
  BOOST_REQUIRE(stop);
  BOOST_CHECK(stop->type == socket_wish::kind::stop_listening);
}

BOOST_AUTO_TEST_CASE(anything_else_is_nothing) {
  const auto long_speech =
      R"({"type":"speak","audio":")" + to_base64(std::string(2'001, 'x')) + "\"}";
  for (const std::string text : {std::string{""},
                                 std::string{"[]"},
                                 std::string{"{}"},
                                 std::string{R"({"type":"listen"})"},
                                 std::string{R"({"type":"listen","call_id":"ten_1"})"},
                                 std::string{R"({"type":"speak"})"},
                                 std::string{R"({"type":"speak","audio":"%%%"})"},
                                 std::string{R"({"type":"dance"})"},
                                 long_speech})
    BOOST_TEST(!read_socket_wish(text), text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
