#include "net/providers/azure/recognition.hpp"
#include "net/providers/azure/synthesis.hpp"
#include "net/providers/cartesia/synthesis.hpp"
#include "net/providers/deepgram/listening.hpp"
#include "net/providers/elevenlabs/synthesis.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace caly::test {

namespace {

using namespace std::chrono_literals;

bool has_header(const http_call& call, const std::string& line) {
  return std::ranges::find(call.headers, line) != call.headers.end();
}

const std::string request_id = "0123456789abcdef0123456789abcdef";

azure::recognition make_recognition(const ear_plan& plan,
                                    azure::recognition_options options = {}) {
  return {options,
          plan,
          [] { return *parse_rfc3339("2026-01-02T03:04:05.678Z"); },
          [] { return request_id; }};
}

std::string azure_message(const std::string& path,
                          const std::string& body,
                          const std::string& request = request_id) {
  return "X-RequestId:" + request + "\r\nContent-Type:application/json\r\nPath:" + path +
         "\r\n\r\n" + body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(speech_codecs)

// -- Azure

BOOST_AUTO_TEST_CASE(azure_gets_a_document_that_no_text_can_break) {
  const auto ssml = azure::make_ssml("a < b & \"c\" नमस्ते", "hi-IN-SwaraNeural");
  BOOST_TEST(ssml.find("xml:lang=\"hi-IN\"><voice name=\"hi-IN-SwaraNeural\">"
                       "a &lt; b &amp; &quot;c&quot; नमस्ते</voice></speak>") !=
             std::string::npos);
  BOOST_TEST(azure::make_ssml("a\xffz", "v").find(">az<") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(azure_speaks_each_language_with_its_voice) {
  azure::synthesis_options options;
  options.account.region = "centralindia";
  options.account.key = "k";
  const auto call = azure::synthesis(options).request("Hello", "en");
  BOOST_TEST(call.url ==
             "https://centralindia.tts.speech.microsoft.com/cognitiveservices/v1");
  BOOST_TEST(has_header(call, "Ocp-Apim-Subscription-Key: k"));
  BOOST_TEST(has_header(call, "X-Microsoft-OutputFormat: raw-8khz-8bit-mono-mulaw"));
  BOOST_TEST(call.body.find("en-IN-NeerjaNeural") != std::string::npos);
  const auto hindi = azure::synthesis(options).request("नमस्ते", "hi").body;
  BOOST_TEST(hindi.find("hi-IN-SwaraNeural") != std::string::npos);
  options.account.base_url = "http://127.0.0.1:1/";
  BOOST_TEST(azure::synthesis(options).request("x", "hinglish").url ==
             "http://127.0.0.1:1/cognitiveservices/v1");
}

BOOST_AUTO_TEST_CASE(azure_binary_messages_are_laid_out_as_the_sdk_does) {
  const std::string header =
      "Path: audio\r\nX-RequestId: 0123456789abcdef0123456789abcdef\r\n"
      "X-Timestamp: 2026-01-02T03:04:05.678Z\r\n";
  const auto message =
      azure::binary_message(header, std::string_view{"\x01\x02\x03\x04", 4});
  BOOST_TEST(header.size() == 99u);
  BOOST_TEST(message.size() == 105u);
  BOOST_TEST(to_hex(message.substr(0, 8)) == "0063506174683a20");
  BOOST_TEST(to_hex(azure::open_riff_header()) ==
             "524946462400000057415645666d74201000000001000100401f0000803e0000"
             "020010006461746100000000");
}

BOOST_AUTO_TEST_CASE(azure_hears_a_stream_after_its_config_and_context) {
  auto codec = make_recognition({{"hi", "en"}, {"Caly"}});
  ear_messages out;
  codec.begin(true, out);
  BOOST_REQUIRE(out.all.size() == 3u);
  BOOST_TEST(out.all[0].bytes.starts_with("Path: speech.config\r\n"));
  const auto& context = out.all[1].bytes;
  const auto body = json::parse(context.substr(context.find("\r\n\r\n") + 4));
  BOOST_REQUIRE(body);
  BOOST_TEST((*body)["languageId"]["languages"].items().size() == 2u);
  BOOST_TEST((*body)["dgi"]["Groups"].items()[0]["Items"].items()[0]["Text"].text_or(
                 "") == "Caly");
  BOOST_TEST(out.all[2].binary);
  BOOST_TEST(out.all[2].bytes.ends_with(azure::open_riff_header()));
  out.all.clear();
  codec.audio("\xff\x00", out);
  codec.audio(std::string_view{"\xff\x00", 2}, out);
  BOOST_TEST(out.all[0].bytes.size() == 2u + 99 + 2);
  BOOST_TEST(to_hex(out.all[1].bytes.substr(2 + 99)) == "00008482");
  out.all.clear();
  codec.begin(false, out);
  BOOST_TEST(out.all.size() == 2u);
}

BOOST_AUTO_TEST_CASE(azure_events_are_words_and_what_they_settle) {
  auto codec = make_recognition({{"hi"}, {}});
  ear_messages out;
  codec.begin(true, out);
  const auto partial = codec.read(
      azure_message("speech.hypothesis", R"({"Text":"haan","Offset":0,"Duration":1})"));
  BOOST_TEST((partial.what == ear_event::kind::partial));
  BOOST_TEST(partial.text == "haan");
  const auto words = codec.read(azure_message(
      "speech.phrase",
      R"({"RecognitionStatus":"Success","DisplayText":"Haan ji.","Offset":5000000,)"
      R"("Duration":10000000,"PrimaryLanguage":{"Language":"hi-IN"}})"));
  BOOST_TEST((words.what == ear_event::kind::words));
  BOOST_TEST(words.text == "Haan ji.");
  BOOST_TEST(words.language == "hi-IN");
  BOOST_TEST((words.settled == 1500ms));
  BOOST_TEST(
      (codec.read(azure_message("speech.phrase", R"({"RecognitionStatus":"NoMatch"})"))
           .text.empty()));
  BOOST_TEST(
      (codec.read(azure_message("speech.phrase", R"({"RecognitionStatus":"Forbidden"})"))
           .what == ear_event::kind::refused));
  BOOST_TEST(
      (codec.read(azure_message("turn.end", "{}")).what == ear_event::kind::stream_over));
}

BOOST_AUTO_TEST_CASE(azure_events_of_another_request_are_passed_over) {
  auto codec = make_recognition({{"en"}, {}});
  ear_messages out;
  codec.begin(true, out);
  BOOST_TEST((codec.read(azure_message("turn.end", "{}", std::string(32, 'f'))).what ==
              ear_event::kind::nothing));
  BOOST_TEST((codec.read("no header").what == ear_event::kind::broken));
}

BOOST_AUTO_TEST_CASE(azure_settles_by_the_end_of_the_audio) {
  auto codec = make_recognition({{"en"}, {}});
  ear_messages out;
  codec.begin(true, out);
  out.all.clear();
  BOOST_TEST(!codec.settle(out));
  BOOST_TEST(out.all.at(0).bytes.size() == 2u + 99);
  BOOST_TEST((codec.read(azure_message("turn.end", "{}")).settled >= 10s));
  azure::recognition_options waits;
  waits.settle_by_end = false;
  auto other = make_recognition({{"en"}, {}}, waits);
  out.all.clear();
  BOOST_TEST(other.settle(out));
  BOOST_TEST(out.all.empty());
}

BOOST_AUTO_TEST_CASE(azure_is_asked_for_the_languages_of_the_call) {
  const azure::recognition_options options;
  BOOST_TEST(azure::recognition_target(options, {{"hi"}, {}}) ==
             "/speech/recognition/conversation/cognitiveservices/v1?language=hi-IN"
             "&format=simple");
  BOOST_TEST(azure::recognition_target(options, {{"hinglish"}, {}}) ==
             "/stt/speech/universal/v2?language=hi-IN&format=simple&lidEnabled=true");
}

// -- Deepgram

BOOST_AUTO_TEST_CASE(deepgram_is_asked_for_telephone_audio_and_the_calls_languages) {
  deepgram::listening_options options;
  const auto target =
      deepgram::listen_target(options, {{"hi", "en"}, {"Green Park", "Caly"}});
  for (const auto* part : {"/v1/listen?model=nova-3&language=multi&",
                           "encoding=mulaw&sample_rate=8000",
                           "interim_results=true",
                           "&keyterm=Green%20Park&keyterm=Caly"})
    BOOST_TEST(target.find(part) != std::string::npos);
  const auto language = [&](std::vector<std::string> languages) {
    const auto text = deepgram::listen_target(options, {std::move(languages), {}});
    const auto at = text.find("&language=") + 10;
    return text.substr(at, text.find('&', at) - at);
  };
  BOOST_TEST(language({"hi"}) == "hi");
  BOOST_TEST(language({"en"}) == "en");
  options.language = "en-IN";
  BOOST_TEST(language({"hi"}) == "en-IN");
}

BOOST_AUTO_TEST_CASE(deepgram_results_are_partial_until_they_are_final) {
  deepgram::listening codec;
  const auto result = [](const std::string& words, bool final) {
    return R"({"type":"Results","duration":1.25,"start":3.5,"is_final":)" +
           std::string{final ? "true" : "false"} +
           R"(,"channel":{"alternatives":[{"transcript":")" + words +
           R"(","languages":["hi"]}]}})";
  };
  const auto partial = codec.read(result("haan", false));
  BOOST_TEST((partial.what == ear_event::kind::partial));
  BOOST_TEST(!partial.settled);
  const auto words = codec.read(result("haan bolo", true));
  BOOST_TEST((words.what == ear_event::kind::words));
  BOOST_TEST(words.text == "haan bolo");
  BOOST_TEST(words.language == "hi");
  BOOST_TEST((words.settled == 4750ms));
  BOOST_TEST((codec.read(result("", false)).what == ear_event::kind::nothing));
  BOOST_TEST((codec
                  .read(R"({"type":"Results","start":1e300,"duration":1,"is_final":true,)"
                        R"("channel":{"alternatives":[{"transcript":"x"}]}})")
                  .settled == 24h));
  BOOST_TEST((codec.read("[").what == ear_event::kind::broken));
  BOOST_TEST(
      (codec.read(R"({"type":"SpeechStarted"})").what == ear_event::kind::nothing));
  BOOST_TEST(!codec.may_reconnect(1008));
  BOOST_TEST(codec.may_reconnect(1011));
}

// -- ElevenLabs and Cartesia

BOOST_AUTO_TEST_CASE(elevenlabs_gets_the_text_and_the_language_it_is_in) {
  elevenlabs::synthesis_options options;
  options.api_key = "k";
  options.voices = {"voice/1", "voice_2", ""};
  const auto vendor = elevenlabs::synthesis(options);
  const auto call = vendor.request("say \"hi\"", "en");
  BOOST_TEST(call.url == "https://api.elevenlabs.io/v1/text-to-speech/voice%2F1/"
                         "stream?output_format=ulaw_8000");
  BOOST_TEST(has_header(call, "xi-api-key: k"));
  BOOST_TEST(call.body == R"({"text":"say \"hi\"","model_id":"eleven_flash_v2_5",)"
                          R"("language_code":"en"})");
  const auto mixed = vendor.request("haan", "hinglish");
  BOOST_TEST(mixed.url.find("voice_2") != std::string::npos);
  BOOST_TEST(mixed.body.find("language_code") == std::string::npos);
  BOOST_TEST(
      vendor.problem(R"({"detail":{"status":"quota_exceeded","message":"No."}})") ==
      "quota_exceeded, No.");
  BOOST_TEST(vendor.problem(R"({"detail":"Not Found"})") == "Not Found");
}

BOOST_AUTO_TEST_CASE(cartesia_gets_its_pinned_version_and_raw_telephone_audio) {
  cartesia::synthesis_options options;
  options.api_key = "k";
  options.voices.english = "id-1";
  const auto call = cartesia::synthesis(options).request("Hello", "en");
  BOOST_TEST(call.url == "https://api.cartesia.ai/tts/bytes");
  BOOST_TEST(has_header(call, "X-API-Key: k"));
  BOOST_TEST(has_header(call, "Cartesia-Version: 2026-08-14"));
  BOOST_TEST(call.body ==
             R"({"model_id":"sonic-3","transcript":"Hello","voice":{"mode":"id",)"
             R"("id":"id-1"},"language":"en","output_format":{"container":"raw",)"
             R"("encoding":"pcm_mulaw","sample_rate":8000}})");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
