#include "net/media/flat_json.hpp"
#include "net/media/playout.hpp"
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

BOOST_AUTO_TEST_SUITE(media_playout)

BOOST_AUTO_TEST_CASE(an_interrupted_item_was_heard_as_long_as_it_played) {
  playout out;
  out.sent("a", 8000, 100); // one second from 100 ms on
  const auto cuts = out.interrupt(400);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].heard_ms == 300);
  BOOST_TEST(cuts[0].sent_ms == 1000);
}

BOOST_AUTO_TEST_CASE(never_claims_more_heard_than_was_sent) {
  playout out;
  out.sent("a", 800, 0);
  const auto cuts = out.interrupt(5000);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].heard_ms == 100);
}

BOOST_AUTO_TEST_CASE(a_queued_item_begins_when_the_one_before_it_ends) {
  playout out;
  out.sent("a", 8000, 0);
  out.sent("b", 8000, 10);
  const auto cuts = out.interrupt(1200);
  BOOST_REQUIRE(cuts.size() == 2u);
  BOOST_TEST(cuts[0].heard_ms == 1000);
  BOOST_TEST(cuts[1].heard_ms == 200);
}

BOOST_AUTO_TEST_CASE(a_pause_within_an_item_is_not_heard_time) {
  playout out;
  out.sent("a", 800, 0);   // 0..100
  out.sent("a", 800, 600); // 600..700 after a gap
  const auto cuts = out.interrupt(650);
  BOOST_REQUIRE(cuts.size() == 1u);
  BOOST_TEST(cuts[0].heard_ms == 150);
}

BOOST_AUTO_TEST_CASE(a_mark_tells_that_an_item_was_heard_once) {
  playout out;
  out.sent("a", 800, 0);
  const auto mark = out.mark("a");
  BOOST_TEST(*out.echoed(mark) == "a");
  BOOST_TEST(!out.echoed(mark));
  BOOST_TEST(out.interrupt(1000).empty());
}

BOOST_AUTO_TEST_CASE(a_mark_from_before_an_interruption_proves_nothing) {
  playout out;
  out.sent("a", 8000, 0);
  const auto old = out.mark("a");
  out.interrupt(100);
  out.sent("a", 8000, 200);
  out.mark("a");
  BOOST_TEST(!out.echoed(old));
}

BOOST_AUTO_TEST_CASE(there_is_no_mark_for_what_was_cut) {
  playout out;
  out.sent("a", 8000, 0);
  out.interrupt(100);
  BOOST_TEST(out.mark("a").empty());
}

BOOST_AUTO_TEST_CASE(an_item_whose_mark_never_comes_counts_as_heard_in_the_end) {
  playout out;
  out.sent("a", 800, 0);
  BOOST_TEST(out.overdue(1600).empty());
  BOOST_TEST(out.overdue(1601).size() == 1u);
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(plays_until_the_last_byte) {
  playout out;
  BOOST_TEST(!out.playing(0));
  out.sent("a", 800, 0);
  BOOST_TEST(out.playing(99));
  BOOST_TEST(!out.playing(100));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
