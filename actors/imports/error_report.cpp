#include "actors/imports/error_report.hpp"

#include "actors/imports/clean_text.hpp"
#include "actors/imports/text_decoder.hpp"
#include "runtime/base/json.hpp"

namespace caly {

void append_safe_cell(std::string& out, std::string_view text) {
  std::string valid;
  if (!is_valid_utf8(text)) {
    valid = to_valid_utf8(text);
    text = valid;
  }
  const bool formula = begins_like_formula(text);
  if (!formula && text.find_first_of(",;\t\"\r\n") == text.npos) {
    out.append(text);
    return;
  }
  out += '"';
  if (formula)
    out += '\'';
  for (const char c : text) {
    if (c == '"')
      out += '"';
    out += c;
  }
  out += '"';
}

void append_error_header(std::string& out, const std::vector<std::string>& columns) {
  out += "\xef\xbb\xbf";
  for (const auto& title : columns) {
    append_safe_cell(out, title);
    out += ',';
  }
  out += "caly_row,caly_error_code,caly_error,caly_suggestion\r\n";
}

namespace {

void append_row(std::string& out,
                std::size_t columns,
                std::span<const std::string_view> cells,
                std::int64_t row_no,
                std::string_view code,
                std::string_view message,
                std::string_view suggestion) {
  for (std::size_t i = 0; i < columns; ++i) {
    if (i + 1 == columns && cells.size() > columns) {
      std::string rest;
      for (const auto cell : cells.subspan(i)) {
        rest += rest.empty() ? "" : ",";
        rest += cell;
      }
      append_safe_cell(out, rest);
    } else if (i < cells.size()) {
      append_safe_cell(out, cells[i]);
    }
    out += ',';
  }
  out += std::to_string(row_no);
  out += ',';
  out += code;
  out += ',';
  append_safe_cell(out, message);
  out += ',';
  append_safe_cell(out, suggestion);
  out += "\r\n";
}

} // namespace

void append_error_row(std::string& out, std::size_t columns, const rejected_row& row) {
  append_row(
      out, columns, row.cells, row.row, to_code(row.code), row.message, row.suggestion);
}

void append_error_row(std::string& out, std::size_t columns, const import_error& error) {
  // 64 KiB of control characters take six bytes each as JSON.
  constexpr json_limits limits{.bytes_max = 1024 * 1024};
  const auto kept = json::parse(error.cells, limits);
  std::vector<std::string_view> cells;
  if (kept)
    for (const auto& cell : kept->items())
      cells.push_back(cell.text_or(""));
  append_row(
      out, columns, cells, error.row_no, error.code, error.message, error.suggestion);
}

} // namespace caly
