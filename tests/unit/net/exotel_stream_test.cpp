#include "net/media/ws_link.hpp"
#include "net/providers/exotel/agent_stream.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

using kind = carrier_message::kind;

/// Keeps what is sent.
struct open_end : ws_link {
  std::vector<json> sent;

  void send(std::string_view text) override {
    auto message = json::parse(text);
    BOOST_REQUIRE(message);
    sent.push_back(std::move(*message));
  }

  void close() override {}

  void send_binary(std::string_view) override { BOOST_ERROR("no such message"); }

  void drop() override {}

  std::size_t queued_bytes() const noexcept override { return 0; }

  std::string audio_of(std::size_t index) const {
    std::string bytes;
    BOOST_REQUIRE(from_base64(sent.at(index)["media"]["payload"].text_or(""), bytes));
    return bytes;
  }
};

std::string start_of(const std::string& format) {
  return R"({"event":"start","sequence_number":1,"stream_sid":"s1","start":{)"
         R"("stream_sid":"s1","call_sid":"c1","custom_parameters":{"ticket":"t1"},)"
         R"("media_format":)" +
         format + "}}";
}

std::string start_at(const std::string& rate) {
  return start_of(R"({"encoding":"audio/x-raw","bit_rate":"16","sample_rate":)" + rate +
                  "}");
}

/// `count` samples of one value, as they travel.
std::string pcm(std::int16_t value, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i)
    out.append({static_cast<char>(value & 0xFF), static_cast<char>(value >> 8)});
  return out;
}

std::string frame(const std::string& payload, const std::string& sequence = "\"2\"") {
  return R"({"event":"media","sequence_number":)" + sequence +
         R"(,"stream_sid":"s1","media":{"chunk":"9","timestamp":"120","payload":")" +
         payload + "\"}}";
}

std::string ulaw(char code, std::size_t count) {
  return to_base64(std::string(count, code));
}

struct fixture {
  exotel::media_wire wire;
  open_end link;

  void begin(const std::string& text) { BOOST_REQUIRE(reads(text)); }

  bool reads(const std::string& text) {
    carrier_message message;
    return wire.read(text, message);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(exotel_stream, fixture)

BOOST_AUTO_TEST_CASE(reads_a_start_in_either_style) {
  const std::string camel =
      R"({"event":"start","streamSid":"s1","start":{"streamSid":"s1","callSid":"c1",)"
      R"("customParameters":{"ticket":"t1"},"mediaFormat":{"encoding":"raw",)"
      R"("sampleRate":16000}}})";
  for (const auto& text : {start_at("\"8000\""), start_at("24000"), camel}) {
    carrier_message message;
    BOOST_REQUIRE(wire.read(text, message));
    BOOST_TEST((message.type == kind::start));
    BOOST_TEST(message.stream_id == "s1");
    BOOST_TEST(message.provider_call_id == "c1");
    BOOST_TEST(message.ticket == "t1");
    BOOST_TEST(message.known_format);
  }
}

BOOST_AUTO_TEST_CASE(notices_a_coding_and_a_rate_that_it_cannot_read) {
  for (const auto* format : {R"({"encoding":"audio/x-mulaw","sample_rate":"8000"})",
                             R"({"encoding":"raw","sample_rate":"44100"})",
                             R"({"encoding":"raw"})"}) {
    carrier_message message;
    BOOST_REQUIRE(wire.read(start_of(format), message));
    BOOST_TEST(!message.known_format, format);
  }
}

BOOST_AUTO_TEST_CASE(samples_become_mulaw) {
  begin(start_at("8000"));
  carrier_message message;
  BOOST_REQUIRE(wire.read(frame(to_base64(pcm(1'000, 800))), message));
  BOOST_TEST((message.type == kind::media));
  BOOST_TEST(message.audio == ulaw('\xCE', 800));
  BOOST_TEST(message.audio_bytes == 800u);
  BOOST_TEST(message.timestamp_ms == 120);
}

BOOST_AUTO_TEST_CASE(a_higher_rate_becomes_eight_kilohertz) {
  begin(start_at("16000"));
  std::size_t bytes = 0;
  for (int i = 2; i < 12; ++i) {
    carrier_message message;
    BOOST_REQUIRE(wire.read(frame(to_base64(pcm(0, 1'600)), std::to_string(i)), message));
    bytes += message.audio_bytes;
  }
  BOOST_TEST(std::abs(static_cast<int>(bytes) - 8'000) < 40);
}

BOOST_AUTO_TEST_CASE(order_is_told_by_the_sequence_and_not_by_their_chunk) {
  begin(start_at("8000"));
  for (const auto* sequence : {"7", "\"7\""}) {
    carrier_message message;
    BOOST_REQUIRE(wire.read(frame("AAA=", sequence), message));
    BOOST_TEST(message.chunk == 7);
  }
}

BOOST_AUTO_TEST_CASE(escaped_slashes_and_spaces_are_read_as_well) {
  begin(start_at("8000"));
  carrier_message message;
  BOOST_REQUIRE(wire.read(R"( { "media" : {"payload" : "\/\/8=", "timestamp":7 } ,
      "event":"media","sequenceNumber":"3"})",
                          message));
  BOOST_TEST(message.audio_bytes == 1u);
  BOOST_TEST(message.chunk == 3);
  BOOST_TEST(message.timestamp_ms == 7);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_audio_and_no_message) {
  begin(start_at("8000"));
  BOOST_TEST(!reads(frame("AA==")));                   // half a sample
  BOOST_TEST(!reads(frame("AAA")));                    // no base64
  BOOST_TEST(!reads(frame(std::string(40'000, '%')))); // nor at length
  BOOST_TEST(!reads(R"({"event":"media"})"));
  BOOST_TEST(!reads(R"({"event":"dtmf","dtmf":{"digit":"55"}})"));
  BOOST_TEST(!reads(R"({"event":"start","start":{"stream_sid":"a\"b"}})"));
  BOOST_TEST(!reads("["));
  BOOST_TEST(!reads(""));
}

BOOST_AUTO_TEST_CASE(keys_marks_and_ends_are_told) {
  carrier_message message;
  BOOST_REQUIRE(wire.read(R"({"event":"dtmf","dtmf":{"digit":5}})", message));
  BOOST_TEST(message.digit == '5');
  BOOST_REQUIRE(wire.read(R"({"event":"mark","mark":{"name":"m0-1"}})", message));
  BOOST_TEST(message.mark == "m0-1");
  BOOST_REQUIRE(wire.read(R"({"event":"stop","stop":{"reason":"callended"}})", message));
  BOOST_TEST((message.type == kind::stop));
  BOOST_REQUIRE(wire.read(R"({"event":"clear","stream_sid":"s1"})", message));
  BOOST_TEST((message.type == kind::other));
}

BOOST_AUTO_TEST_CASE(speech_goes_out_in_whole_pieces_with_their_place) {
  begin(start_at("8000"));
  wire.play(link, ulaw('\xCE', 1'500)); // 3,000 bytes
  BOOST_TEST(link.sent.empty());
  wire.play(link, ulaw('\xCE', 1'800)); // 6,600 in all
  BOOST_REQUIRE(link.sent.size() == 2u);
  BOOST_TEST(link.audio_of(0) == pcm(988, 1'600));
  BOOST_TEST(link.sent[0]["stream_sid"].text_or("") == "s1");
  BOOST_TEST(link.sent[1]["media"]["chunk"].text_or("") == "2");
  BOOST_TEST(link.sent[1]["media"]["timestamp"].text_or("") == "200");
  BOOST_TEST(link.sent[1]["sequence_number"].text_or("") == "2");
}

BOOST_AUTO_TEST_CASE(before_a_mark_goes_the_rest_filled_up_with_silence) {
  begin(start_at("8000"));
  wire.play(link, ulaw('\xCE', 200)); // 400 bytes
  wire.mark(link, "m0-1");
  BOOST_REQUIRE(link.sent.size() == 2u);
  BOOST_TEST(link.audio_of(0) == pcm(988, 200) + pcm(0, 120));
  BOOST_TEST(link.sent[1]["event"].text_or("") == "mark");
  BOOST_TEST(link.sent[1]["mark"]["name"].text_or("") == "m0-1");
  wire.mark(link, "m0-2");
  BOOST_TEST(link.sent.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_was_kept_back_is_not_heard_after_a_clear) {
  begin(start_at("8000"));
  wire.play(link, ulaw('\xCE', 200));
  wire.clear(link);
  wire.mark(link, "m1-1");
  BOOST_REQUIRE(link.sent.size() == 2u);
  BOOST_TEST(link.sent[0]["event"].text_or("") == "clear");
  BOOST_TEST(link.sent[0]["stream_sid"].text_or("") == "s1");
  BOOST_TEST(link.sent[1]["event"].text_or("") == "mark");
}

BOOST_AUTO_TEST_CASE(a_higher_rate_gets_more_samples_a_second) {
  begin(start_at("24000"));
  for (int i = 0; i < 50; ++i)
    wire.play(link, ulaw('\xFF', 160));
  wire.mark(link, "m");
  std::size_t bytes = 0;
  for (std::size_t i = 0; i + 1 < link.sent.size(); ++i) {
    const auto size = link.audio_of(i).size();
    BOOST_TEST(size % exotel::chunk_step_bytes == 0u);
    bytes += size;
  }
  BOOST_TEST(std::abs(static_cast<int>(bytes) - 48'000) < 700);
}

BOOST_AUTO_TEST_CASE(answers_in_the_style_of_the_start) {
  begin(R"({"event":"start","streamSid":"s2","start":{"callSid":"c1"}})");
  wire.play(link, ulaw('\xFF', 1'600));
  wire.clear(link);
  for (const auto& message : link.sent) {
    BOOST_TEST(message["streamSid"].text_or("") == "s2");
    BOOST_TEST(!message.has("stream_sid"));
    BOOST_TEST(message.has("sequenceNumber"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
