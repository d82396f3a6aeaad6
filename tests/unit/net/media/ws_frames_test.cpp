#include "net/media/ws_frames.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace caly::test {

namespace {

constexpr std::size_t payload_max = 1 << 20;

ws_read read(std::string& bytes, ws_side side, ws_frame& out) {
  return read_frame(bytes.data(), bytes.size(), side, payload_max, out);
}

/// What a server makes of bytes that stand as they are; masked ones have a zero key.
ws_read server_reads(std::string bytes) {
  ws_frame frame;
  return read(bytes, ws_side::server, frame);
}

const std::string zero_key(4, '\0');

} // namespace

BOOST_AUTO_TEST_SUITE(ws_frames)

BOOST_DATA_TEST_CASE(a_frame_reads_as_it_was_written,
                     boost::unit_test::data::make({0, 1, 125, 126, 127, 65'535, 65'536}) *
                         boost::unit_test::data::make({0, 1}),
                     size,
                     from_client) {
  const auto from = from_client == 1 ? ws_side::client : ws_side::server;
  const auto to = from_client == 1 ? ws_side::server : ws_side::client;
  std::string text;
  for (int i = 0; i < size; ++i)
    text += static_cast<char>('a' + i % 26);
  std::string bytes;
  append_frame(bytes, from, ws_opcode::text, text);
  const auto whole = bytes.size();
  bytes += "next";
  ws_frame frame;
  BOOST_REQUIRE((read(bytes, to, frame) == ws_read::frame));
  BOOST_TEST(frame.size == whole);
  BOOST_TEST(frame.last);
  BOOST_TEST((frame.opcode == ws_opcode::text));
  BOOST_TEST((frame.payload == text));
}

BOOST_AUTO_TEST_CASE(a_part_of_a_frame_is_left_alone) {
  std::string bytes;
  append_frame(bytes, ws_side::client, ws_opcode::text, std::string(200, 'x'));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    auto part = bytes.substr(0, size);
    ws_frame frame;
    BOOST_TEST((read(part, ws_side::server, frame) == ws_read::need_more));
    BOOST_TEST((part == bytes.substr(0, size)));
  }
}

BOOST_AUTO_TEST_CASE(masks_differ_from_frame_to_frame) {
  std::string first, second;
  append_frame(first, ws_side::client, ws_opcode::text, "same");
  append_frame(second, ws_side::client, ws_opcode::text, "same");
  BOOST_TEST(first != second);
}

BOOST_AUTO_TEST_CASE(the_wrong_side_of_masking_is_refused) {
  std::string plain, masked;
  append_frame(plain, ws_side::server, ws_opcode::text, "x");
  append_frame(masked, ws_side::client, ws_opcode::text, "x");
  ws_frame frame;
  BOOST_TEST((read(plain, ws_side::server, frame) == ws_read::protocol_error));
  BOOST_TEST((read(masked, ws_side::client, frame) == ws_read::protocol_error));
}

BOOST_AUTO_TEST_CASE(reserved_bits_and_unknown_kinds_are_refused) {
  for (const auto first : {'\xc1', '\xa1', '\x91', '\x83', '\x87', '\x8b', '\x8f'})
    BOOST_TEST(
        (server_reads(std::string{first, '\x80'} + zero_key) == ws_read::protocol_error));
}

BOOST_AUTO_TEST_CASE(control_frames_are_short_and_whole) {
  using namespace std::string_literals;
  BOOST_TEST((server_reads("\x09\x80"s + zero_key) == ws_read::protocol_error));
  BOOST_TEST((server_reads("\x89\xfe\x00\x7e"s + zero_key) == ws_read::protocol_error));
}

BOOST_AUTO_TEST_CASE(a_length_has_its_shortest_form) {
  using namespace std::string_literals;
  BOOST_TEST((server_reads("\x81\xfe\x00\x7d"s + zero_key) == ws_read::protocol_error));
  BOOST_TEST((server_reads("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff"s + zero_key) ==
              ws_read::protocol_error));
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_too_big_is_refused_before_it_came) {
  using namespace std::string_literals;
  BOOST_TEST((server_reads("\x81\xff\x00\x00\x00\x00\x00\x10\x00\x01"s + zero_key) ==
              ws_read::too_big));
  BOOST_TEST((server_reads("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff"s + zero_key) ==
              ws_read::too_big));
}

BOOST_AUTO_TEST_CASE(close_frames_carry_a_code_that_may_be_sent) {
  using namespace std::string_literals;
  BOOST_TEST(close_code_of("") == 1005);
  BOOST_TEST(close_code_of("\x03\xe8 bye"s) == 1000);
  BOOST_TEST(close_code_of("\x0b\xb8"s) == 3000);
  for (const auto& wrong : {"\x03"s, "\x03\xed"s, "\x03\xee"s, "\x03\xe7"s, "\x13\x88"s})
    BOOST_TEST(close_code_of(wrong) == 1002);
}

BOOST_AUTO_TEST_CASE(only_utf8_is_text) {
  for (const auto* good :
       {"", "plain and long enough", "नमस्ते", "longer text, then é", "😀"})
    BOOST_TEST(is_utf8(good));
  for (const auto* bad : {"\x80",
                          "\xc0\xaf",
                          "\xe0\x80\xaf",
                          "\xed\xa0\x80",
                          "\xf4\x90\x80\x80",
                          "\xf8\x88\x80\x80\x80",
                          "eight ok\xe2\x82",
                          "\xc3"})
    BOOST_TEST(!is_utf8(bad));
}

BOOST_AUTO_TEST_CASE(the_answer_to_a_key_is_that_of_the_rfc) {
  BOOST_TEST(accept_of("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  BOOST_TEST(make_ws_key().size() == 24u);
  BOOST_TEST(make_ws_key() != make_ws_key());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
