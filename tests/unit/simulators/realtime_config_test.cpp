#include "tests/simulators/openai/realtime_config.hpp"

#include <boost/test/unit_test.hpp>

using namespace caly;
using namespace caly::sim;

BOOST_AUTO_TEST_SUITE(realtime_config_suite)

namespace {

std::string code_of(realtime_config& config, const char* session) {
  const auto problem = config.update(*json::parse(session));
  return problem ? problem->code : "";
}

} // namespace

BOOST_AUTO_TEST_CASE(wants_the_session_type) {
  realtime_config config{"m"};
  BOOST_TEST(code_of(config, R"({"instructions":"x"})") == "missing_required_parameter");
  BOOST_TEST(config.instructions.empty());
}

BOOST_AUTO_TEST_CASE(names_an_unknown_field_and_changes_nothing) {
  realtime_config config{"m"};
  BOOST_TEST(
      code_of(config, R"({"type":"realtime","instructions":"x","voice":"alloy"})") ==
      "unknown_parameter");
  BOOST_TEST(config.instructions.empty());
}

BOOST_AUTO_TEST_CASE(takes_the_telephone_format_both_ways) {
  realtime_config config{"m"};
  BOOST_TEST(
      code_of(config,
              R"({"type":"realtime","audio":{"input":{"format":{"type":"audio/pcmu"},)"
              R"("transcription":{"model":"w"},"turn_detection":{"type":"server_vad",)"
              R"("silence_duration_ms":700,"interrupt_response":false}},)"
              R"("output":{"format":{"type":"audio/pcmu"},"voice":"marin"}}})")
          .empty());
  BOOST_CHECK(config.input == audio_codec::pcmu);
  BOOST_CHECK(config.output == audio_codec::pcmu);
  BOOST_TEST(config.transcribes);
  BOOST_TEST(config.silence_ms == 700);
  BOOST_TEST(!config.interrupts_responses);
}

BOOST_AUTO_TEST_CASE(refuses_a_rate_other_than_24_khz) {
  realtime_config config{"m"};
  BOOST_TEST(code_of(config,
                     R"({"type":"realtime","audio":{"input":{"format":)"
                     R"({"type":"audio/pcm","rate":16000}}}})") == "invalid_value");
}

BOOST_AUTO_TEST_SUITE_END()
