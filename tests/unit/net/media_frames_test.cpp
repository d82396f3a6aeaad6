#include "net/media/flat_json.hpp"
#include "net/providers/twilio/media_stream.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using kind = carrier_message::kind;

const std::string frame_audio = to_base64(std::string(160, '\x7f'));

std::string media_frame(const std::string& audio, const std::string& more = "") {
  return R"({"event":"media","sequenceNumber":"7","streamSid":"MZ0","media":{"track":)"
         R"("inbound","chunk":"6","timestamp":"120","payload":")" +
         audio + "\"}" + more + "}";
}

bool reads(const std::string& text) {
  carrier_message event;
  return twilio::read_stream_message(text, event);
}

} // namespace

BOOST_AUTO_TEST_SUITE(media_frames)

BOOST_AUTO_TEST_CASE(reads_a_media_frame_without_copying_its_audio) {
  const auto text = media_frame(frame_audio);
  carrier_message event;
  BOOST_REQUIRE(twilio::read_stream_message(text, event));
  BOOST_TEST((event.type == kind::media));
  BOOST_TEST(event.audio == frame_audio);
  BOOST_TEST(event.audio_bytes == 160u);
  BOOST_TEST(event.timestamp_ms == 120);
  BOOST_TEST(event.chunk == 6);
  BOOST_TEST((event.audio.data() > text.data() &&
              event.audio.data() < text.data() + text.size()));
}

BOOST_AUTO_TEST_CASE(takes_spaces_numbers_and_escaped_slashes) {
  const std::string text =
      " { \"media\" : { \"payload\" : \"\\/\\/\\/\\/\" , \"timestamp\" : 40 ,"
      " \"chunk\" : 2 } , \"event\" : \"media\" } ";
  carrier_message event;
  BOOST_REQUIRE(twilio::read_stream_message(text, event));
  BOOST_TEST(event.audio == "////");
  BOOST_TEST(event.audio_bytes == 3u);
  BOOST_TEST(event.timestamp_ms == 40);
}

BOOST_AUTO_TEST_CASE(refuses_audio_that_is_not_base64) {
  BOOST_TEST(!reads(media_frame("AAA")));
  BOOST_TEST(!reads(media_frame("AA=A")));
  BOOST_TEST(!reads(media_frame("AAA\x01")));
  BOOST_TEST(!reads(media_frame("\\\"}],")));
  BOOST_TEST(!reads(media_frame("=====")));
  BOOST_TEST(reads(media_frame("AA==")));
}

BOOST_AUTO_TEST_CASE(refuses_broken_doubled_and_foreign_members) {
  BOOST_TEST(!reads(""));
  BOOST_TEST(!reads("{"));
  BOOST_TEST(!reads("[]"));
  BOOST_TEST(!reads("{\"event\":\"media\"}"));
  BOOST_TEST(!reads(media_frame(frame_audio) + "x"));
  BOOST_TEST(!reads(media_frame(frame_audio, R"(,"media":{"payload":"AAAA"})")));
  BOOST_TEST(!reads(media_frame(frame_audio, R"(,"event":"stop")")));
  BOOST_TEST(!reads(std::string(40'000, '[')));
  BOOST_TEST(!reads(R"({"event":"dtmf","dtmf":{"digit":"55"}})"));
  BOOST_TEST(!reads(R"({"event":"dtmf","dtmf":{"digit":"\u0000"}})"));
}

BOOST_AUTO_TEST_CASE(reads_a_start_with_numbers_as_numbers_or_text) {
  for (const auto* rate : {"8000", "\"8000\""}) {
    carrier_message event;
    BOOST_REQUIRE(twilio::read_stream_message(
        std::string{R"({"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{)"
                    R"("streamSid":"MZ1","accountSid":"AC0","callSid":"CA9","tracks":)"
                    R"(["inbound"],"customParameters":{"ticket":"t1"},"mediaFormat":{)"
                    R"("encoding":"audio/x-mulaw","sampleRate":)"} +
            rate + R"(,"channels":1}}})",
        event));
    BOOST_TEST((event.type == kind::start));
    BOOST_TEST(event.stream_id == "MZ1");
    BOOST_TEST(event.provider_call_id == "CA9");
    BOOST_TEST(event.ticket == "t1");
    BOOST_TEST(event.known_format);
  }
}

BOOST_AUTO_TEST_CASE(notices_a_format_it_cannot_carry) {
  carrier_message event;
  BOOST_REQUIRE(twilio::read_stream_message(
      R"({"event":"start","start":{"streamSid":"MZ1","mediaFormat":{"sampleRate":16000}}})",
      event));
  BOOST_TEST(!event.known_format);
}

BOOST_AUTO_TEST_CASE(refuses_a_stream_id_that_would_break_our_own_json) {
  BOOST_TEST(!reads(R"({"event":"start","start":{"streamSid":"MZ\"1"}})"));
  BOOST_TEST(!reads(R"({"event":"start","start":{"streamSid":""}})"));
}

BOOST_AUTO_TEST_CASE(writes_messages_that_parse) {
  const auto media = json::parse(twilio::media_message("MZ1", frame_audio));
  BOOST_REQUIRE(media);
  BOOST_TEST((*media)["event"].text_or("") == "media");
  BOOST_TEST((*media)["streamSid"].text_or("") == "MZ1");
  BOOST_TEST((*media)["media"]["payload"].text_or("") == frame_audio);
  BOOST_TEST(twilio::mark_message("MZ1", "m0-1") ==
             R"({"event":"mark","streamSid":"MZ1","mark":{"name":"m0-1"}})");
  BOOST_TEST(twilio::clear_message("MZ1") == R"({"event":"clear","streamSid":"MZ1"})");
}

BOOST_AUTO_TEST_CASE(counts_base64_bytes_only_of_canonical_text) {
  BOOST_TEST(*base64_bytes("") == 0u);
  BOOST_TEST(*base64_bytes("QQ==") == 1u);
  BOOST_TEST(*base64_bytes("QUI=") == 2u);
  BOOST_TEST(*base64_bytes("QUJD") == 3u);
  BOOST_TEST(!base64_bytes("QUJ"));
  BOOST_TEST(!base64_bytes("QU-D"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
