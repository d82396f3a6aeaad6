#include "net/speech/speech_frames.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace caly;

speech_frame sample() {
  return {speech_kind::say, 7, {"hello", "", std::string(1000, '\0')}};
}

BOOST_AUTO_TEST_SUITE(speech_frames)

BOOST_AUTO_TEST_CASE(a_message_comes_through_in_pieces_of_any_size) {
  const auto bytes = to_bytes(sample()) + to_bytes({speech_kind::ready, 8, {}});
  for (const std::size_t size : {1, 3, 5000}) {
    speech_reader reader;
    std::vector<speech_frame> got;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      reader.feed(std::string_view{bytes}.substr(at, size));
      while (auto frame = reader.next())
        got.push_back(std::move(*frame));
    }
    BOOST_REQUIRE(got.size() == 2u);
    BOOST_TEST((got[0].kind == speech_kind::say));
    BOOST_TEST(got[0].id == 7u);
    BOOST_TEST((got[0].fields == sample().fields));
    BOOST_TEST(got[0].field(9) == "");
    BOOST_TEST((got[1].kind == speech_kind::ready));
    BOOST_TEST(!reader.broken());
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_message_breaks_the_stream) {
  const auto whole = to_bytes(sample());
  const auto with = [&](std::size_t at, char value) {
    auto bytes = whole;
    bytes[at] = value;
    return bytes;
  };
  const std::string cases[] = {
      with(3, '\x7f'), // two gigabytes
      with(4, '\0'),
      with(4, '\x55'),               // no such kind
      with(12, '\x7f'),              // a field longer than the rest
      std::string{"\3\0\0\0abc", 7}, // shorter than its head
      to_bytes({speech_kind::say, 1, {"1", "2", "3", "4", "5"}}),
  };
  for (const auto& bytes : cases) {
    speech_reader reader;
    reader.feed(bytes);
    BOOST_TEST(!reader.next());
    BOOST_TEST(reader.broken());
    reader.feed(to_bytes(sample()));
    BOOST_TEST(!reader.next());
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
