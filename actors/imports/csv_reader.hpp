#pragma once

#include "actors/imports/import_types.hpp"
#include "actors/imports/text_decoder.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What is wrong with a row before anybody looks at its meaning.
enum class csv_fault : std::uint8_t {
  none,
  too_long, ///< A cell or the line passes its limit; the cells are cut there.
  quotes,   ///< Text after a closing quote, or a quote that is never closed.
  encoding, ///< Bytes that do not belong to the file's encoding.
};

/// A row of a CSV file; lives during the callback only.
struct csv_row {
  std::uint32_t number = 0; ///< As a spreadsheet counts, from 1, blank lines included.
  std::span<const std::string_view> cells; ///< Unquoted; at most `columns_max` of them.
  std::size_t columns = 0;                 ///< Cells in the file, which may be more.
  csv_fault fault = csv_fault::none;
};

/// Reads a CSV file piece by piece: RFC 4180 quotes with line breaks in cells, lines
/// ended by CRLF, LF or CR, a delimiter and an encoding that it finds out itself.
///
/// A quote inside an unquoted cell is text. After a misplaced or unclosed quote the first
/// line of that row is refused and reading goes on at the next one, so that one typing
/// error costs one row. Lines without any text are skipped.
///
/// Memory stays below the block, a line and what one call of `feed` brings; the rows are
/// views into it. The result does not depend on how the bytes are cut into calls.
class csv_reader {
public:
  /// Takes a row; false ends the reading.
  using sink = std::function<bool(const csv_row&)>;

  csv_reader(const import_limits& limits, sink take, std::size_t block_bytes = 64 * 1024);

  /// False once the text is refused or the sink has ended the reading.
  bool feed(std::string_view bytes);

  /// Ends the text. With `truncated` a last row without a line break is left out, for it
  /// may go on in the part of the file that was not given.
  bool finish(bool truncated = false);

  char delimiter() const noexcept { return delimiter_; }

  text_encoding encoding() const noexcept { return decoder_.encoding(); }

  /// What the file seems to be when it is no text; else empty.
  std::string_view refusal() const noexcept { return decoder_.refusal(); }

private:
  struct cell {
    const char* begin;
    const char* end;
    bool doubled_quotes;
  };

  enum class scan_result : std::uint8_t { complete, incomplete, misplaced_quote };

  bool take_block(std::string_view block, bool last);
  bool parse(bool last);
  scan_result scan_record(const char* begin, const char* end, bool last);
  scan_result scan_quoted(const char*& at, const char* end, bool last, cell& out);
  bool take_record(const char* begin, const char* end);
  bool
  recover(const char* begin, const char* line_end, const char* window_end, bool over);
  bool skip_line(bool last);
  bool emit(csv_fault fault);
  void begin_file();

  import_limits limits_;
  sink take_;
  std::size_t block_bytes_;
  text_decoder decoder_;
  std::string pending_; ///< Raw bytes that do not fill a block yet.
  std::string buffer_;  ///< UTF-8 text from the first row not given out yet.
  std::size_t at_ = 0;  ///< Where that row begins in `buffer_`.
  char delimiter_ = ',';
  bool begun_ = false;
  bool stopped_ = false;
  bool skipping_ = false;      ///< Inside a line that was too long.
  const char* next_ = nullptr; ///< Where `scan_record` stopped.
  std::uint32_t number_ = 0;
  std::size_t columns_ = 0;
  std::vector<cell> cells_;
  std::vector<std::string_view> views_;
};

/// The delimiter among comma, semicolon, tab and bar that makes the most even table of
/// the beginning of a file.
char find_delimiter(std::string_view start);

} // namespace caly
