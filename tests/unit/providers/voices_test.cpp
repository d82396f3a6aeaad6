#include "net/providers/azure/synthesis.hpp"
#include "net/providers/cartesia/synthesis.hpp"
#include "net/providers/elevenlabs/synthesis.hpp"
#include "tests/unit/providers/sandbox_fixture.hpp"

namespace caly::test {

namespace {

struct fixture : sandbox_fixture {
  struct service {
    std::string name; ///< At the sandbox.
    std::function<http_voice_vendor(std::string key)> make;
    std::string refusal; ///< What a wrong key is told.
  };

  std::vector<service> services() const {
    return {
        {"azure_speech",
         [this](std::string key) {
           azure::synthesis_options options;
           options.account = {url, "", std::move(key)};
           return azure::synthesis(options);
         },
         "azure: HTTP 401: Access denied due to invalid subscription key"},
        {"elevenlabs",
         [this](std::string key) {
           return elevenlabs::synthesis(
               {url, std::move(key), "eleven_flash_v2_5", {"v1", "v2", ""}});
         },
         "elevenlabs: HTTP 401: invalid_api_key, Invalid API key"},
        {"cartesia",
         [this](std::string key) {
           return cartesia::synthesis(
               {url, std::move(key), "2026-08-14", "sonic-3", {"v1", "v2", ""}});
         },
         "cartesia: HTTP 401: Invalid API key"},
    };
  }

  std::unique_ptr<voice> begin(const http_voice_vendor& vendor) {
    forget();
    return make_http_voices(client, vendor)(*this, io);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(voices_of_providers, fixture)

BOOST_AUTO_TEST_CASE(each_speaks_english_and_hindi_piece_by_piece) {
  for (const auto& each : services()) {
    const auto speaker = begin(each.make(key));
    speaker->speak(1, "Where is your order & what did it <cost>?", "en");
    BOOST_TEST(outcome() == "", each.name);
    BOOST_TEST(pieces > 1);
    BOOST_TEST(audio.size() > 8000u); // a second
    const auto english = std::exchange(audio, {});
    speaker->speak(2, "नमस्ते जी, कैसे हैं?", "hi");
    BOOST_TEST(outcome() == "");
    BOOST_TEST(audio.size() > 4000u);
    BOOST_TEST((audio != english));
  }
}

BOOST_AUTO_TEST_CASE(each_tells_what_was_wrong) {
  for (const auto& each : services()) {
    const auto stranger = begin(each.make("wrong"));
    stranger->speak(1, "Hello", "en");
    const auto refusal = outcome();
    BOOST_TEST(refusal.starts_with(each.refusal), refusal);
    plan(each.name, R"("rate_429":1)");
    const auto speaker = begin(each.make(key));
    speaker->speak(2, "Hello", "en");
    BOOST_TEST(outcome().find(": HTTP 429") != std::string::npos);
    plan(each.name, R"("rate_429":0,"rate_500":1)");
    speaker->speak(3, "Hello", "en");
    BOOST_TEST(outcome().find(": HTTP 50") != std::string::npos);
    plan(each.name, R"("rate_500":0,"rate_cut":1)");
    speaker->speak(4, "Hello, this is a longer sentence.", "en");
    BOOST_TEST(!outcome().empty());
    BOOST_TEST(!audio.empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
