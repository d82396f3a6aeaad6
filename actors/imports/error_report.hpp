#pragma once

#include "actors/imports/import_types.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// errors.csv: the rows that were not taken with their original columns, and behind them
/// caly_row, caly_error_code, caly_error and caly_suggestion. UTF-8 with a byte order
/// mark, lines end in CRLF, as spreadsheets expect. A mended file can be uploaded as it
/// is.
void append_error_header(std::string& out, const std::vector<std::string>& columns);

/// `columns` is the number of titles of the header; longer rows lose no cell: what is too
/// much is put into the last original column.
void append_error_row(std::string& out, std::size_t columns, const rejected_row& row);

/// The same from what a store kept. Cells that are no JSON array count as none.
void append_error_row(std::string& out, std::size_t columns, const import_error& error);

/// A cell that no spreadsheet runs as a formula: such text gets an apostrophe in front
/// and quotes around it. Broken UTF-8 is replaced.
void append_safe_cell(std::string& out, std::string_view text);

} // namespace caly
