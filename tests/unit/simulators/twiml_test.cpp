#include "tests/simulators/twilio/twiml.hpp"

#include <boost/test/unit_test.hpp>

using caly::sim::parse_twiml;

BOOST_AUTO_TEST_SUITE(twiml_suite)

BOOST_AUTO_TEST_CASE(reads_a_stream_with_its_parameters) {
  const auto document = parse_twiml(
      "<?xml version=\"1.0\"?>\n<!-- c --><Response><Connect>"
      "<Stream url='wss://h/ws?a=1&amp;b=2'><Parameter name=\"t\" value=\"&#65;&lt;\"/>"
      "</Stream></Connect><Hangup/></Response>\n");
  BOOST_REQUIRE(document);
  BOOST_REQUIRE(document->children.size() == 2U);
  const auto* stream = document->children[0].child("Stream");
  BOOST_REQUIRE(stream != nullptr);
  BOOST_TEST(stream->attribute("url") == "wss://h/ws?a=1&b=2");
  BOOST_TEST(stream->child("Parameter")->attribute("value") == "A<");
  BOOST_TEST(document->children[1].name == "Hangup");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_well_formed) {
  for (const auto* text : {"",
                           "hello",
                           "<Response>",
                           "<Response></Reply>",
                           "<Response><Stream url=\"a&b\"/></Response>",
                           "<Other></Other>",
                           "<Response/>trailing"})
    BOOST_TEST(!parse_twiml(text), text);
}

BOOST_AUTO_TEST_CASE(refuses_bottomless_nesting) {
  std::string text;
  for (int i = 0; i < 1000; ++i)
    text += "<Response>";
  BOOST_TEST(!parse_twiml(text));
}

BOOST_AUTO_TEST_SUITE_END()
