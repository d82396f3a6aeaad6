#include "cluster/node/cascade_parts.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

std::string names(const auto& parts) {
  std::string out;
  for (const auto& each : parts)
    out += each.name + ' ';
  return out;
}

BOOST_AUTO_TEST_SUITE(cascade_parts_suite)

BOOST_AUTO_TEST_CASE(without_keys_there_is_nobody) {
  const auto parts =
      make_cascade_parts({}, std::make_shared<http_client>(), system_wall_clock());
  BOOST_TEST(names(parts.ears).empty());
  BOOST_TEST(names(parts.voices).empty());
  BOOST_TEST(names(parts.minds).empty());
  BOOST_TEST(!parts.complete());
}

BOOST_AUTO_TEST_CASE(those_with_a_key_stand_in_the_order_of_the_settings) {
  settings chosen;
  auto& providers = chosen.providers;
  providers.deepgram.api_key = providers.azure_speech.api_key =
      providers.cartesia.api_key = providers.elevenlabs.api_key =
          providers.openai.api_key = "k";
  providers.azure_speech.region = "centralindia";
  providers.cartesia.voice_english = "v";
  providers.chat.base_url = "http://127.0.0.1:1";
  providers.chat.model = "m";
  chosen.call.ear = {"azure", "deepgram"};
  chosen.call.voice = {"cartesia", "elevenlabs", "azure"};
  chosen.call.mind = {"chat", "openai"};
  const auto parts =
      make_cascade_parts(chosen, std::make_shared<http_client>(), system_wall_clock());
  BOOST_TEST(names(parts.ears) == "azure deepgram ");
  BOOST_TEST(names(parts.voices) == "cartesia azure "); // ElevenLabs has no voice
  BOOST_TEST(names(parts.minds) == "chat openai ");
  BOOST_TEST(parts.complete());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
