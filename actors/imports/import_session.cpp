#include "actors/imports/import_session.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>

namespace caly {

namespace {

constexpr std::size_t sample_values = 3;
constexpr std::size_t sample_bytes_max = 120;

std::string mebibytes(std::size_t bytes) {
  constexpr std::size_t mebibyte = 1024 * 1024;
  return bytes % mebibyte == 0 ? std::to_string(bytes / mebibyte) + " MiB"
                               : std::to_string(bytes) + " bytes";
}

/// At most `bytes_max` bytes, cut between characters.
std::string shorten(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max)
    return std::string{text};
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xc0) == 0x80)
    --bytes_max;
  return std::string{text.substr(0, bytes_max)} + "…";
}

} // namespace

import_session::import_session(import_options options, import_handlers handlers)
    : options_{std::move(options)},
      handlers_{std::move(handlers)},
      reader_{options_.limits, [this](const csv_row& row) { return take(row); }} {}

bool import_session::refuse(import_code code, std::string message) {
  failure_ = import_failure{code, std::move(message)};
  return false;
}

bool import_session::feed(std::string_view bytes) {
  if (failure_)
    return false;
  bytes_ += bytes.size();
  if (bytes_ > options_.limits.bytes_max)
    return refuse(import_code::file_too_large,
                  "the file is larger than " + mebibytes(options_.limits.bytes_max) +
                      "; split it into several files");
  return reader_.feed(bytes);
}

std::optional<import_failure> import_session::finish(bool truncated) {
  if (!failure_)
    reader_.finish(truncated);
  if (!failure_ && !reader_.refusal().empty())
    refuse(import_code::file_binary,
           "the file is " + std::string{reader_.refusal()} +
               "; upload a CSV file, for example \"CSV UTF-8\" of a spreadsheet");
  if (!failure_ && rules_ == nullptr)
    refuse(import_code::file_empty, "the file is empty");
  if (!failure_ && counts_.rows == 0 && !truncated)
    refuse(import_code::no_rows,
           "the file has column names but no rows; add one row for each person");
  if (!failure_)
    flush();
  return failure_;
}

bool import_session::take(const csv_row& row) {
  if (rules_ == nullptr)
    return take_header(row);
  if (counts_.rows == options_.limits.rows_max)
    return refuse(import_code::too_many_rows,
                  "the file has more than " + std::to_string(options_.limits.rows_max) +
                      " rows; split it into several files");
  take_row(row);
  return true;
}

bool import_session::take_header(const csv_row& row) {
  const auto& limits = options_.limits;
  if (row.columns > limits.columns_max)
    return refuse(import_code::too_many_columns,
                  "the file has " + std::to_string(row.columns) + " columns, at most " +
                      std::to_string(limits.columns_max) + " are allowed");
  if (row.fault == csv_fault::encoding)
    return refuse(import_code::encoding,
                  "the column names are in a broken encoding; save the file as UTF-8");
  if (row.fault != csv_fault::none)
    return refuse(import_code::quotes,
                  "line " + std::to_string(row.number) +
                      ", which should hold the column names, has a misplaced quote or is "
                      "too long");
  if ((failure_ = read_header(row.cells, options_, header_)))
    return false;
  rules_ = std::make_unique<row_rules>(header_, options_);
  sample_.resize(header_.columns.size());
  samples_wanted_ = sample_.size() * sample_values;
  return true;
}

void import_session::take_row(const csv_row& row) {
  ++counts_.rows;
  if (samples_wanted_ > 0)
    collect_sample(row);
  if (batch_.capacity() == 0)
    batch_.reserve(options_.batch_rows);
  auto& taken = batch_.emplace_back();
  if (rules_->apply(row, taken, rejected_)) {
    ++counts_.accepted;
    for (auto bits = rules_->warnings(); bits != 0; bits &= bits - 1)
      ++counts_.by_code[static_cast<std::size_t>(__builtin_ctz(bits))];
    if (batch_.size() >= options_.batch_rows)
      flush();
    return;
  }
  batch_.pop_back();
  ++counts_.by_code[static_cast<std::size_t>(rejected_.code)];
  if (rejected_.code == import_code::duplicate_in_file)
    ++counts_.duplicate_in_file;
  else
    ++counts_.invalid;
  if (handlers_.rejected)
    handlers_.rejected(rejected_);
}

void import_session::collect_sample(const csv_row& row) {
  if (row.fault != csv_fault::none)
    return;
  for (std::size_t i = 0; i < sample_.size() && i < row.cells.size(); ++i) {
    const auto text = trim(row.cells[i]);
    if (text.empty() || sample_[i].size() == sample_values)
      continue;
    sample_[i].push_back(shorten(text, sample_bytes_max));
    --samples_wanted_;
  }
}

void import_session::flush() {
  if (batch_.empty())
    return;
  if (handlers_.accepted)
    handlers_.accepted(std::move(batch_));
  batch_.clear();
}

import_outline import_session::outline() const {
  import_outline result;
  if (rules_ == nullptr)
    return result;
  result.columns = header_.columns;
  result.mapping = header_.mapping();
  for (const auto& variable : header_.variables)
    result.variables.push_back(variable.name);
  result.sample = sample_;
  result.delimiter = std::string(1, reader_.delimiter());
  result.encoding = to_string(reader_.encoding());
  return result;
}

import_preview
preview_import(std::string_view start, bool truncated, import_options options) {
  import_session session{std::move(options), {}};
  session.feed(start);
  import_preview result;
  result.failure = session.finish(truncated);
  result.outline = session.outline();
  result.counts = session.counts();
  return result;
}

} // namespace caly
