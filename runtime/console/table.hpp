#pragma once

#include <caf/error.hpp>

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// A value as people read it and, where that differs, as programs do.
struct console_cell {
  console_cell(std::string text) : text{std::move(text)} {}

  console_cell(std::string_view text) : text{text} {}

  console_cell(const char* text) : text{text} {}

  console_cell(bool flag) : text{flag ? "yes" : "no"}, raw{flag ? "true" : "false"} {}

  template <std::integral T>
  console_cell(T number) : text{std::to_string(number)}, raw{text} {}

  console_cell(double number);

  /// `2h14m`, `8.1s`, `3ms`; seconds for programs.
  static console_cell time(double seconds);

  /// `412M`; bytes for programs.
  static console_cell bytes(std::uint64_t count);

  std::string text;
  std::string raw; ///< JSON; empty: the text as a string.
};

struct console_column {
  std::string name; ///< Lower case; JSON member and CSV header.
  bool right = false;
  bool wide = false; ///< Only shown with `-o wide`, json and csv.
};

struct console_table {
  std::vector<console_column> columns;
  std::vector<std::vector<console_cell>> rows;
  /// Two columns of names and values that are one thing: a JSON object.
  bool record = false;
  std::string note;  ///< A line below; not for programs.
  int exit_code = 0; ///< Of `caly console -c`: 1 where what was checked does not hold.

  /// One row of a record.
  void field(std::string name, console_cell value) {
    rows.push_back({console_cell{std::move(name)}, std::move(value)});
  }

  static console_table make_record() { return {{{"field"}, {"value"}}, {}, true, {}, 0}; }
};

enum class console_format : std::uint8_t { table, wide, json, csv };

/// Applies one filter behind a pipe: `grep [-v] text`, `sort column [desc]`, `head n`,
/// `json`, `csv`. The last two change `format`. Errors: `errc::invalid`.
caf::error apply_filter(const std::vector<std::string>& filter,
                        console_table& table,
                        console_format& format);

/// At most `rows_max` rows; a longer table says how many are missing. Texts are redacted
/// and free of control characters.
std::string
render(const console_table& table, console_format format, std::size_t rows_max);

} // namespace caly
