#include "net/client/sse_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <vector>

namespace caly::test {

namespace {

std::vector<std::string> read_all(sse_reader& reader, std::string_view piece) {
  std::vector<std::string> out;
  reader.add(piece);
  for (sse_event event; reader.next(event);)
    out.push_back(event.type + "|" + event.data);
  return out;
}

std::vector<std::string> read_all(std::string_view text) {
  sse_reader reader;
  return read_all(reader, text);
}

const std::vector<std::string> three{"a|one", "|two\nlines", "|नमस्ते"};

std::string three_with(const std::string& line_end) {
  std::string text;
  for (const auto* line : {"\xef\xbb\xbf: a comment",
                           "event: a",
                           "data: one",
                           "",
                           "event: without data",
                           "",
                           "id: 7",
                           "retry: 100",
                           "data:two",
                           "data: lines",
                           "",
                           "",
                           ": keep-alive",
                           "data: नमस्ते",
                           "",
                           "data: never ended"})
    text += line + line_end;
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sse_readers)

BOOST_AUTO_TEST_CASE(lines_may_end_in_any_way) {
  for (const auto* line_end : {"\n", "\r\n", "\r"})
    BOOST_CHECK(read_all(three_with(line_end)) == three);
}

BOOST_AUTO_TEST_CASE(it_does_not_matter_where_the_pieces_are_cut) {
  std::mt19937 random{7};
  for (const auto* line_end : {"\n", "\r\n", "\r"}) {
    const auto text = three_with(line_end);
    for (int round = 0; round < 300; ++round) {
      sse_reader reader;
      std::vector<std::string> got;
      for (std::size_t at = 0; at < text.size();) {
        const auto size = std::uniform_int_distribution<std::size_t>{1, 9}(random);
        for (auto& each : read_all(reader, text.substr(at, size)))
          got.push_back(std::move(each));
        at += size;
      }
      BOOST_REQUIRE(got == three);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_event_is_there_with_the_end_of_its_empty_line) {
  sse_reader reader;
  BOOST_TEST(read_all(reader, "data: x\n").empty());
  BOOST_TEST(read_all(reader, "\r").size() == 1u);
  BOOST_TEST(read_all(reader, "\ndata: y\n\n").size() == 1u);
}

BOOST_AUTO_TEST_CASE(only_one_leading_space_goes_and_a_line_may_have_no_colon) {
  BOOST_CHECK(
      (read_all("data:  two spaces\n\n") == std::vector<std::string>{"| two spaces"}));
  BOOST_CHECK((read_all("data\n\n") == std::vector<std::string>{"|"}));
}

BOOST_AUTO_TEST_CASE(what_is_too_large_breaks_it) {
  sse_reader line{100};
  BOOST_TEST(read_all(line, "data: " + std::string(200, 'x')).empty());
  BOOST_TEST(line.broken());
  sse_reader event{100};
  std::string lines;
  for (int i = 0; i < 20; ++i)
    lines += "data: 0123456789\n";
  BOOST_TEST(read_all(event, lines + "\n").empty());
  BOOST_TEST(event.broken());
  BOOST_TEST(read_all(event, "data: later\n\n").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
