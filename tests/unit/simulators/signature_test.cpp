#include "tests/simulators/twilio/signature.hpp"

#include <boost/test/unit_test.hpp>

using caly::sim::twilio_signature;

BOOST_AUTO_TEST_SUITE(twilio_signature_suite)

namespace {

const char* const token = "0123456789abcdef0123456789abcdef";
const char* const status_url =
    "https://voice.caly.example/webhooks/twilio/status?tenant=t_42";

} // namespace

BOOST_AUTO_TEST_CASE(signs_a_form_as_the_official_library_does) {
  BOOST_TEST(twilio_signature(token,
                              status_url,
                              {{"AccountSid", "AC00000000000000000000000000000001"},
                               {"ApiVersion", "2010-04-01"},
                               {"CallSid", "CA00000000000000000000000000000001"},
                               {"CallStatus", "in-progress"},
                               {"Direction", "outbound-api"},
                               {"From", "+919876543210"},
                               {"To", "+14155550100"}}) ==
             "ny5oOp8HP884UPITAvAbghHfofg=");
}

BOOST_AUTO_TEST_CASE(orders_names_by_code_unit_and_keeps_values_as_they_are) {
  BOOST_TEST(twilio_signature(token,
                              status_url,
                              {{"b", "2"},
                               {"B", "1"},
                               {"SpeechResult", "नमस्ते"},
                               {"Digits", ""},
                               {"a", "x y+z"}}) == "qCuSTewsDiY+Fg5tyLeAFaFhL9E=");
}

BOOST_AUTO_TEST_CASE(signs_the_url_alone_for_get_and_for_an_upgrade) {
  BOOST_TEST(
      twilio_signature(token,
                       "https://voice.caly.example/twiml/answer?tenant=t_42&lang=hi-IN",
                       {}) == "hfyl295PxAJTUFAzMAiqZakUx6A=");
  BOOST_TEST(twilio_signature(token, "wss://voice.caly.example/ws/twilio/t_42", {}) ==
             "TSRrHHdSc8Uo+NkzJRhVmNbLSG0=");
}

BOOST_AUTO_TEST_CASE(counts_a_repeated_value_once) {
  BOOST_TEST(
      twilio_signature(token,
                       "https://h.example/x",
                       {{"MediaUrl", "b"}, {"MediaUrl", "a"}, {"MediaUrl", "b"}}) ==
      "PpmrDtuqZUKgmWvVcWO1eWlMpVM=");
}

BOOST_AUTO_TEST_CASE(drops_the_fragment) {
  BOOST_TEST(twilio_signature(token, "https://h.example/x#rc=2", {}) ==
             twilio_signature(token, "https://h.example/x", {}));
}

BOOST_AUTO_TEST_SUITE_END()
