#pragma once

#include "actors/imports/csv_reader.hpp"
#include "actors/imports/header_map.hpp"
#include "actors/imports/import_types.hpp"
#include "actors/imports/row_rules.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Where the rows of a file go. Either may be empty.
struct import_handlers {
  /// Up to `import_options::batch_rows` good rows in the order of the file.
  std::function<void(std::vector<import_row>&&)> accepted;
  /// One bad row; what it shows lives during the call only.
  std::function<void(const rejected_row&)> rejected;
};

/// What a file looks like, for a preview and for the import's own page.
struct import_outline {
  std::vector<std::string> columns;
  std::vector<std::pair<std::string, std::string>> mapping; ///< Field → title.
  std::vector<std::string> variables;
  std::vector<std::vector<std::string>> sample; ///< Per column, its first three values.
  std::string delimiter;
  std::string encoding;
};

/// One file on its way from bytes to rows. No input or output of its own.
///
/// A file can turn out to be refused as a whole after good rows were handed out (a zero
/// byte or row 150,001 may come late): keep nothing of them until `finish` has said yes,
/// or read the file once without handlers first, which costs about a microsecond a row.
class import_session {
public:
  import_session(import_options options, import_handlers handlers);
  import_session(const import_session&) = delete;
  import_session& operator=(const import_session&) = delete;

  /// Takes the next bytes; false once the file is refused, then more bytes do nothing.
  bool feed(std::string_view bytes);

  /// Ends the file and hands out the last batch; the reason when the file is refused.
  /// `truncated` says that only its beginning was given, as for a preview.
  std::optional<import_failure> finish(bool truncated = false);

  /// The counts so far; they add up at any time.
  const import_counts& counts() const noexcept { return counts_; }

  /// Empty before the header was read.
  import_outline outline() const;

  /// The titles of the columns; known before the first row is handed out.
  const std::vector<std::string>& columns() const noexcept { return header_.columns; }

private:
  bool take(const csv_row& row);
  bool take_header(const csv_row& row);
  void take_row(const csv_row& row);
  void collect_sample(const csv_row& row);
  void flush();
  bool refuse(import_code code, std::string message);

  import_options options_;
  import_handlers handlers_;
  csv_reader reader_;
  header_map header_;
  std::unique_ptr<row_rules> rules_; ///< Once the header is known.
  std::optional<import_failure> failure_;
  import_counts counts_;
  std::size_t bytes_ = 0;
  std::size_t samples_wanted_ = 0; ///< Values that the sample still lacks.
  std::vector<std::vector<std::string>> sample_;
  std::vector<import_row> batch_;
  rejected_row rejected_;
};

/// Reads the beginning of a file as `import_session` would: `start` is all of it, or with
/// `truncated` its first megabyte or so.
struct import_preview {
  std::optional<import_failure> failure;
  import_outline outline;
  import_counts counts;
};

import_preview
preview_import(std::string_view start, bool truncated, import_options options);

} // namespace caly
