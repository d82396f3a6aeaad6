#include "cluster/client/terminal.hpp"

#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace caly::client {

namespace {

const json& member_of(const json& row, std::string_view path) {
  const json* at = &row;
  for (const auto part : split(path, '.'))
    at = &(*at)[part];
  return *at;
}

std::string plain(const json& value) {
  if (value.is_null())
    return {};
  return value.is_string() ? std::string{*value.as_string()} : value.dump();
}

std::string cell(const json& row, const out_column& column) {
  const auto& value = member_of(row, column.member);
  if (value.is_null())
    return "-";
  if (column.shown == out_column::kind::credits)
    if (const auto micros = value.as_int())
      return credits_text(*micros);
  return printable(plain(value));
}

std::string csv_cell(std::string text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const auto c : text)
    quoted += c == '"' ? std::string{"\"\""} : std::string{c};
  return quoted + "\"";
}

std::string render_csv(const std::vector<json>& rows,
                       const std::vector<out_column>& columns) {
  std::string out;
  for (const auto& column : columns)
    out += (&column == &columns.front() ? "" : ",") + csv_cell(column.member);
  out += "\n";
  for (const auto& row : rows) {
    for (const auto& column : columns)
      out += (&column == &columns.front() ? "" : ",") +
             csv_cell(plain(member_of(row, column.member)));
    out += "\n";
  }
  return out;
}

std::string render_table(const std::vector<json>& rows,
                         const std::vector<out_column>& columns) {
  std::vector<std::vector<std::string>> lines{{}};
  for (const auto& column : columns)
    lines.front().push_back(column.title);
  for (const auto& row : rows) {
    auto& line = lines.emplace_back();
    for (const auto& column : columns)
      line.push_back(cell(row, column));
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], text_width(line[i]));
  std::string out;
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string fill(widths[i] - text_width(line[i]), ' ');
      const auto right = columns[i].shown != out_column::kind::text;
      text += (i > 0 ? "  " : "") + (right ? fill + line[i] : line[i] + fill);
    }
    out += text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

void add_lines(std::vector<std::pair<std::string, std::string>>& lines,
               const json& object,
               const std::string& prefix) {
  for (const auto& [name, value] : object.members())
    if (value.is_object())
      add_lines(lines, value, prefix + name + ".");
    else
      lines.emplace_back(prefix + name, printable(value.is_null() ? "-" : plain(value)));
}

} // namespace

out_options detect_terminal() {
  out_options options;
  const auto* no_color = std::getenv("NO_COLOR");
  options.color =
      isatty(STDERR_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
  options.terminal = isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
  return options;
}

std::string render_rows(const std::vector<json>& rows,
                        const std::vector<out_column>& columns,
                        out_format format) {
  if (format == out_format::csv)
    return render_csv(rows, columns);
  if (format == out_format::table)
    return render_table(rows, columns);
  std::string out;
  if (format == out_format::id) {
    for (const auto& row : rows)
      out += std::string{row["id"].text_or("")} + "\n";
    return out;
  }
  for (const auto& row : rows)
    out += (out.empty() ? "[" : ",\n ") + row.dump();
  return (out.empty() ? "[" : out) + "]\n";
}

std::string render_record(const json& object, out_format format) {
  if (format == out_format::json)
    return object.dump() + "\n";
  if (format == out_format::id)
    return std::string{object["id"].text_or("")} + "\n";
  std::vector<std::pair<std::string, std::string>> lines;
  add_lines(lines, object, "");
  std::string out = format == out_format::csv ? "field,value\n" : "";
  std::size_t width = 0;
  for (const auto& [name, value] : lines)
    width = std::max(width, name.size());
  for (const auto& [name, value] : lines)
    out += format == out_format::csv
               ? csv_cell(name) + "," + csv_cell(value) + "\n"
               : name + std::string(width - name.size() + 2, ' ') + value + "\n";
  return out;
}

std::string render_failure(const failure& reason, bool color) {
  const auto head = "error" + (reason.code.empty() ? "" : "[" + reason.code + "]");
  auto text = (color ? "\x1b[31m" + head + "\x1b[0m" : head) + ": " +
              printable(reason.message) + "\n";
  if (!reason.hint.empty())
    text += "hint: " + printable(reason.hint) + "\n";
  return text;
}

void say(const out_options& options, std::string_view text) {
  if (!options.quiet)
    std::cerr << text << '\n';
}

std::string credits_text(std::int64_t micros) {
  const auto whole = micros / 1'000'000;
  const auto rest = std::abs(micros % 1'000'000);
  auto decimals = fmt::format("{:06}", rest);
  while (decimals.size() > 2 && decimals.back() == '0')
    decimals.pop_back();
  return (micros < 0 && whole == 0 ? "-" : "") + std::to_string(whole) + "." + decimals;
}

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & '\xc0') != '\x80'; }));
}

std::string printable(std::string_view text) {
  std::string out{text};
  std::replace_if(
      out.begin(),
      out.end(),
      [](char c) {
        return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7f';
      },
      ' ');
  return out;
}

} // namespace caly::client
