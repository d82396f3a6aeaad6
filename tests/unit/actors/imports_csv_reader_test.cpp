#include "actors/imports/csv_reader.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly::test {
namespace {

struct read_row {
  std::uint32_t number;
  std::vector<std::string> cells;
  csv_fault fault;
  std::size_t columns;

  bool operator==(const read_row&) const = default;
};

struct read_file {
  std::vector<read_row> rows;
  char delimiter = 0;
  text_encoding encoding = text_encoding::undecided;
  std::string refusal;
};

/// `cut` bytes a call and `block` bytes a block.
read_file read(std::string_view text,
               std::size_t cut = 1 << 20,
               std::size_t block = 64 * 1024,
               const import_limits& limits = {}) {
  read_file result;
  const auto keep = [&](const csv_row& row) {
    std::vector<std::string> cells{row.cells.begin(), row.cells.end()};
    result.rows.push_back({row.number, std::move(cells), row.fault, row.columns});
    return true;
  };
  csv_reader reader{limits, keep, block};
  for (std::size_t at = 0; at < text.size(); at += cut)
    reader.feed(text.substr(at, cut));
  reader.finish();
  result.delimiter = reader.delimiter();
  result.encoding = reader.encoding();
  result.refusal = reader.refusal();
  return result;
}

std::vector<std::string> cells(const read_file& file, std::size_t row) {
  return file.rows.at(row).cells;
}

using strings = std::vector<std::string>;

std::string utf16(std::u16string_view text, bool little, bool mark) {
  std::string out;
  const auto put = [&](char16_t unit) {
    const auto low = static_cast<char>(unit & 0xff);
    const auto high = static_cast<char>(unit >> 8);
    out += little ? low : high;
    out += little ? high : low;
  };
  if (mark)
    put(0xfeff);
  for (const auto unit : text)
    put(unit);
  return out;
}

BOOST_AUTO_TEST_SUITE(imports_csv_reader_suite)

BOOST_AUTO_TEST_CASE(reads_quotes_doubled_quotes_and_line_breaks_in_cells) {
  const auto file =
      read("name,note\r\n\"Rao, Asha\",\"said \"\"yes\"\"\"\r\n\"a\nb\",\"\"\r\n");
  BOOST_REQUIRE(file.rows.size() == 3u);
  BOOST_TEST((cells(file, 1) == strings{"Rao, Asha", "said \"yes\""}));
  BOOST_TEST((cells(file, 2) == strings{"a\nb", ""}));
  // A row with a line break inside is one row to a spreadsheet.
  BOOST_TEST(file.rows[2].number == 3u);
}

BOOST_AUTO_TEST_CASE(reads_every_kind_of_line_end_and_a_last_line_without_one) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto file = read("a,b" + end + "1,2" + end + end + "3,4");
    BOOST_REQUIRE(file.rows.size() == 3u);
    BOOST_TEST((cells(file, 2) == strings{"3", "4"}));
    BOOST_TEST(file.rows[2].number == 4u); // the blank line is shown by spreadsheets
  }
}

BOOST_AUTO_TEST_CASE(lines_without_text_are_no_rows) {
  const auto file = read("\n\na,b\n ,\t\n,,,\n\"\"\n1,2\n\n");
  BOOST_REQUIRE(file.rows.size() == 2u);
  BOOST_TEST(file.rows[0].number == 3u);
  BOOST_TEST(file.rows[1].number == 7u);
}

BOOST_AUTO_TEST_CASE(finds_the_delimiter) {
  for (const char delimiter : {',', ';', '\t', '|'}) {
    std::string text =
        "name;phone;note\nAsha;9876543210;\"a;b, c\td|e\"\nRavi;9876543211;x, y, z\n";
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == ';' && text.substr(i, 3) != ";b,")
        text[i] = delimiter;
    const auto file = read(text);
    BOOST_TEST(file.delimiter == delimiter);
    BOOST_TEST(file.rows.at(1).cells.size() == 3u);
  }
  BOOST_TEST(read("phone\n9876543210\n").delimiter == ',');
  BOOST_TEST(read("name;phone\nRao, Asha;1\nIyer, Ravi;2\n").delimiter == ';');
  const auto hinted = read("sep=;\nname;a,b\nx;1,2\n");
  BOOST_TEST((cells(hinted, 0) == strings{"name", "a,b"}));
  BOOST_TEST(hinted.rows[0].number == 1u);
}

BOOST_AUTO_TEST_CASE(reads_each_encoding) {
  const std::string_view utf8 = "नाम,फ़ोन\nआशा,९८७६५४३२१०\n😀,1\n";
  const strings title{"नाम", "फ़ोन"};
  const strings row{"आशा", "९८७६५४३२१०"};
  const std::u16string_view wide = u"नाम,फ़ोन\nआशा,९८७६५४३२१०\n😀,1\n";
  const std::pair<std::string, text_encoding> files[] = {
      {std::string{utf8}, text_encoding::utf8},
      {"\xef\xbb\xbf" + std::string{utf8}, text_encoding::utf8_bom},
      {utf16(wide, true, true), text_encoding::utf16_le},
      {utf16(wide, false, true), text_encoding::utf16_be},
      {utf16(wide, true, false), text_encoding::utf16_le},
      {utf16(wide, false, false), text_encoding::utf16_be},
  };
  for (const auto& [bytes, encoding] : files)
    for (const std::size_t block : {std::size_t{64}, std::size_t{64 * 1024}}) {
      const auto file = read(bytes, 7, block);
      BOOST_TEST((file.encoding == encoding));
      BOOST_REQUIRE(file.rows.size() == 3u);
      BOOST_TEST((cells(file, 0) == title));
      BOOST_TEST((cells(file, 1) == row));
      BOOST_TEST(cells(file, 2)[0] == "😀");
      BOOST_TEST((file.rows[1].fault == csv_fault::none));
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_are_taken_for_windows_1252) {
  const auto file = read("name,phone\nRen\xe9,1\n\x80 5 \x96 O\x92Neil,2\n");
  BOOST_TEST((file.encoding == text_encoding::windows_1252));
  BOOST_TEST(cells(file, 1)[0] == "René");
  BOOST_TEST(cells(file, 2)[0] == "€ 5 – O’Neil");
}

BOOST_AUTO_TEST_CASE(broken_bytes_in_a_utf8_file_spoil_their_row_only) {
  const auto file = read("नाम,phone\nआशा,1\nRen\xe9,2\nराम,3\n");
  BOOST_REQUIRE(file.rows.size() == 4u);
  BOOST_TEST((file.rows[1].fault == csv_fault::none));
  BOOST_TEST((file.rows[2].fault == csv_fault::encoding));
  BOOST_TEST((file.rows[3].fault == csv_fault::none));
  const auto wide = read(utf16(u"a,b\n1,\xd800x\n2,y\n", true, true));
  BOOST_TEST((wide.rows.at(1).fault == csv_fault::encoding));
  BOOST_TEST((wide.rows.at(2).fault == csv_fault::none));
}

BOOST_AUTO_TEST_CASE(refuses_binary_data_and_says_what_it_is) {
  using namespace std::string_literals;
  BOOST_TEST(read("PK\x03\x04"s + std::string(200, 'x')).refusal.find("Excel") !=
             std::string::npos);
  BOOST_TEST(read("%PDF-1.7 ").refusal.find("PDF") != std::string::npos);
  BOOST_TEST(!read("\x7f"
                   "ELF\x02\x01\x01\0\0\0"s)
                  .refusal.empty());
  BOOST_TEST(!read("a,b\n1,\0\n"s).refusal.empty());
  BOOST_TEST(!read(std::string(200'000, 'a') + '\0').refusal.empty());
  BOOST_TEST(!read("\x01\x02\x03\x04\x05\x06\x07").refusal.empty());
  BOOST_TEST(!read("\xff\xfe\0\0a\0\0\0"s).refusal.empty());
  BOOST_TEST(
      !read(utf16(std::u16string_view{u"a,b\n1,\0\n", 8}, true, true)).refusal.empty());
  BOOST_TEST(read("a,b\n1,2\n").refusal.empty());
}

BOOST_AUTO_TEST_CASE(the_result_does_not_depend_on_where_the_bytes_are_cut) {
  const std::string text =
      "name,\"no\nte\",x\r\n\"Rao, \"\"A\"\"\",\"line 1\r\nline 2\n\",आशा\r\n"
      "bad \"quote,\"open\"x,1\r\n\r\nend,\"\",\"\"\"\"\r\nlast,2,3";
  const auto whole = read(text);
  BOOST_REQUIRE(whole.rows.size() == 5u);
  BOOST_TEST((whole.rows[2].fault == csv_fault::quotes));
  BOOST_TEST((cells(whole, 1) == strings{"Rao, \"A\"", "line 1\r\nline 2\n", "आशा"}));
  BOOST_TEST((cells(whole, 3) == strings{"end", "", "\""}));
  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    BOOST_TEST((read(text, cut).rows == whole.rows));
    // A block of one byte makes the reader wait at every position of every state; the
    // delimiter is found from the first block, so it must be a comma here.
    BOOST_TEST((read(text, cut, 1).rows == whole.rows), "block 1, cut " << cut);
    BOOST_TEST((read(text, 1 << 20, cut).rows == whole.rows), "block " << cut);
  }
}

BOOST_AUTO_TEST_CASE(a_misplaced_quote_costs_one_row) {
  const auto file = read("a,b\n\"x\"y,1\n\"open,2\nc,3\n\"ok\",4\n");
  // The open quote is closed by the quote of the last row, which is misplaced there.
  BOOST_REQUIRE(file.rows.size() == 5u);
  BOOST_TEST((file.rows[1].fault == csv_fault::quotes));
  BOOST_TEST((file.rows[2].fault == csv_fault::quotes));
  BOOST_TEST((cells(file, 3) == strings{"c", "3"}));
  BOOST_TEST((cells(file, 4) == strings{"ok", "4"}));
}

BOOST_AUTO_TEST_CASE(a_quote_that_is_never_closed_costs_one_row) {
  std::string text = "a,b\n\"open,1\n";
  for (int i = 0; i < 20'000; ++i)
    text += "row,2\n";
  for (const std::size_t block : {std::size_t{1000}, std::size_t{64 * 1024}}) {
    const auto file = read(text, 4096, block);
    BOOST_REQUIRE(file.rows.size() == 20'002u);
    BOOST_TEST((file.rows[1].fault == csv_fault::quotes));
    BOOST_TEST((file.rows[2].fault == csv_fault::none));
  }
  const auto small = read("a,b\n\"open,1\nrow,2\n");
  BOOST_REQUIRE(small.rows.size() == 3u);
  BOOST_TEST((small.rows[1].fault == csv_fault::quotes));
  BOOST_TEST((cells(small, 2) == strings{"row", "2"}));
}

BOOST_AUTO_TEST_CASE(quotes_inside_an_unquoted_cell_are_text) {
  const auto file = read("a,b\n5\" pipe,say \"hi\"\n");
  BOOST_TEST((cells(file, 1) == strings{"5\" pipe", "say \"hi\""}));
  BOOST_TEST((file.rows[1].fault == csv_fault::none));
}

BOOST_AUTO_TEST_CASE(long_cells_and_lines_are_refused_and_the_next_row_is_read) {
  const auto row_after = [](const std::string& long_row, std::size_t block) {
    const auto file = read("a,b\n" + long_row + "\nc,3\n", 5000, block);
    BOOST_REQUIRE(file.rows.size() == 3u);
    BOOST_TEST((file.rows[1].fault == csv_fault::too_long));
    BOOST_TEST((cells(file, 2) == strings{"c", "3"}));
    BOOST_TEST(file.rows[2].number == 3u);
    for (const auto& cell : file.rows[1].cells)
      BOOST_TEST(cell.size() <= 4096u);
  };
  for (const std::size_t block : {std::size_t{100}, std::size_t{64 * 1024}}) {
    row_after("x," + std::string(4097, 'y'), block);
    row_after("\"" + std::string(4097, 'y') + "\",1", block);
    row_after("x," + std::string(70'000, 'y'), block);
    row_after("x," + std::string(300'000, 'y') + "\r", block);
  }
  const auto edge = read("a,b\nx," + std::string(4096, 'y') + "\n");
  BOOST_TEST((edge.rows.at(1).fault == csv_fault::none));
  // A cut never divides a character.
  const auto divided = read("a,b\nx," + std::string(4095, 'y') + "आ\n");
  BOOST_TEST(divided.rows.at(1).cells.at(1).size() == 4095u);
}

BOOST_AUTO_TEST_CASE(columns_beyond_the_limit_are_counted_but_not_kept) {
  std::string line(150, ',');
  const auto file = read("x" + line + "\n");
  BOOST_TEST(file.rows.at(0).columns == 151u);
  BOOST_TEST(file.rows.at(0).cells.size() == 100u);
}

BOOST_AUTO_TEST_CASE(a_truncated_file_keeps_its_last_row_back) {
  std::size_t rows = 0;
  csv_reader reader{{}, [&](const csv_row&) { return ++rows > 0; }};
  reader.feed("a,b\n1,2\n\"3,");
  reader.finish(true);
  BOOST_TEST(rows == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
