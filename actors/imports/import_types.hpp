#pragma once

#include "actors/api/import_store.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Everything an import can say about a row or a file. `to_code` gives the stable name
/// that users, the API and errors.csv see.
enum class import_code : std::uint8_t {
  none,
  // -- a row is refused
  phone_missing,
  phone_invalid,
  phone_scientific,
  phone_landline, ///< A warning unless `import_options::refuse_landlines`.
  premium,
  country_blocked,
  duplicate_in_file,
  too_long,
  encoding,
  quotes, ///< A quote that is opened in the wrong place or never closed.
  columns,
  variable_missing,
  time_zone, ///< A time zone column whose text names no zone.
  // -- a row is taken, with a warning
  name_control_chars,
  formula,
  phone_unusual,
  // -- a file is refused
  file_empty,
  file_binary,
  file_too_large,
  too_many_rows,
  too_many_columns,
  no_header,
  no_rows,
  no_phone_column,
  mapping,
  // -- an import is broken off; the same upload goes on
  interrupted,
  count_,
};

/// "E_PHONE_MISSING"; empty for `none`.
std::string_view to_code(import_code code) noexcept;

struct import_limits {
  std::size_t rows_max = 150'000;
  std::size_t bytes_max = 20 * 1024 * 1024;
  std::size_t columns_max = 100;
  std::size_t cell_bytes_max = 4 * 1024;
  std::size_t line_bytes_max = 64 * 1024;
  std::size_t name_bytes_max = 400;
  std::size_t tags_max = 20;
  std::size_t tag_bytes_max = 64;
};

struct import_options {
  /// ISO 3166; the country of numbers without a calling code.
  std::string default_country = "IN";
  /// Field ("phone", "name", "time_zone", "tags" or a variable's name) → title of its
  /// column. An empty title leaves the field without a column.
  std::vector<std::pair<std::string, std::string>> mapping;
  /// Variables that no row may leave empty.
  std::vector<std::string> required_variables;
  /// ISO codes that are never called.
  std::vector<std::string> blocked_countries;
  bool refuse_landlines = false;
  std::size_t batch_rows = 10'000;
  import_limits limits;
};

/// A row that may not, and why. It lives during the callback only.
struct rejected_row {
  std::uint32_t row = 0;
  import_code code = import_code::none;
  std::string message;    ///< What is wrong, one clause for people.
  std::string suggestion; ///< How to mend it, one sentence.
  std::span<const std::string_view> cells;
};

/// The form in which a store keeps it: the cells as a JSON array.
import_error to_import_error(const rejected_row& row);

/// Why a whole file is refused: what, where, and how to mend it.
struct import_failure {
  import_code code = import_code::none;
  std::string message;
};

/// Invariant: rows == accepted + duplicate_in_file + invalid.
struct import_counts {
  std::uint32_t rows = 0;
  std::uint32_t accepted = 0;
  std::uint32_t duplicate_in_file = 0;
  std::uint32_t invalid = 0;
  /// How often each code was met, warnings included.
  std::array<std::uint32_t, static_cast<std::size_t>(import_code::count_)> by_code{};

  std::uint32_t of(import_code code) const {
    return by_code[static_cast<std::size_t>(code)];
  }
};

} // namespace caly
