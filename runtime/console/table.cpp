#include "runtime/console/table.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/observe/redact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace caly {

namespace {

constexpr std::size_t cell_width_max = 80;

/// Characters, not bytes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (c & '\xc0') != '\x80'; }));
}

std::string cut(std::string text, std::size_t width_max) {
  if (width(text) <= width_max)
    return text;
  std::size_t bytes = 0;
  for (std::size_t chars = 0; chars + 1 < width_max; ++chars) {
    ++bytes;
    while (bytes < text.size() && (text[bytes] & '\xc0') == '\x80')
      ++bytes;
  }
  return text.substr(0, bytes) + "…";
}

std::string render_table(const console_table& table, bool wide, std::size_t rows) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (wide || !table.columns[i].wide)
      shown.push_back(i);
  std::vector<std::vector<std::string>> texts;
  if (!table.record) {
    auto& head = texts.emplace_back();
    for (const auto i : shown) {
      auto name = table.columns[i].name;
      std::transform(name.begin(), name.end(), name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c == '_' ? ' ' : c;
      });
      head.push_back(std::move(name));
    }
  }
  for (std::size_t r = 0; r < rows; ++r) {
    auto& line = texts.emplace_back();
    for (const auto i : shown) {
      auto text = i < table.rows[r].size() ? redacted(table.rows[r][i].text) : "";
      line.push_back(wide || table.record ? text : cut(std::move(text), cell_width_max));
    }
  }
  std::vector<std::size_t> widths(shown.size());
  for (const auto& line : texts)
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width(line[i]));
  std::string out;
  for (const auto& line : texts) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string pad(widths[i] - width(line[i]), ' ');
      row += table.columns[shown[i]].right ? pad + line[i] : line[i] + pad;
      row += "  ";
    }
    row.erase(row.find_last_not_of(' ') + 1);
    out += row + "\n";
  }
  return out;
}

void write_cell(json_writer& out, const console_cell& cell) {
  if (cell.raw.empty())
    out.value(redacted(cell.text));
  else
    out.raw(cell.raw);
}

std::string render_json(const console_table& table, std::size_t rows) {
  json_writer out;
  if (table.record) {
    out.begin_object();
    for (std::size_t r = 0; r < rows; ++r) {
      out.key(table.rows[r][0].text);
      write_cell(out, table.rows[r][1]);
    }
    out.end_object();
    return std::move(out).str();
  }
  out.begin_array();
  for (std::size_t r = 0; r < rows; ++r) {
    out.begin_object();
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      out.key(table.columns[i].name);
      if (i < table.rows[r].size())
        write_cell(out, table.rows[r][i]);
      else
        out.null();
    }
    out.end_object();
  }
  out.end_array();
  return std::move(out).str();
}

/// RFC 4180; text that a spreadsheet would take for a formula gets a quote in front.
std::string csv_cell(const console_cell& cell) {
  auto text = cell.raw.empty() ? redacted(cell.text) : cell.raw;
  if (cell.raw.empty() && !text.empty() &&
      std::string_view{"=+-@"}.find(text.front()) != std::string_view::npos)
    text.insert(0, 1, '\'');
  if (text.find_first_of(",\"") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const auto c : text)
    quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string render_csv(const console_table& table, std::size_t rows) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    out += (i > 0 ? "," : "") + table.columns[i].name;
  out += "\r\n";
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = 0; i < table.rows[r].size(); ++i)
      out += (i > 0 ? "," : "") + csv_cell(table.rows[r][i]);
    out += "\r\n";
  }
  return out;
}

caf::error grep(const std::vector<std::string>& filter, console_table& table) {
  const auto invert = filter.size() == 3 && filter[1] == "-v";
  if (filter.size() != 2 && !invert)
    return caf::make_error(errc::invalid, "usage: grep [-v] text");
  const auto wanted = to_lower(filter.back());
  std::erase_if(table.rows, [&](const auto& row) {
    const auto found = std::any_of(row.begin(), row.end(), [&](const auto& cell) {
      return to_lower(cell.text).find(wanted) != std::string::npos;
    });
    return found == invert;
  });
  return {};
}

/// Numbers before texts, each by its own order.
bool less(const console_cell& a, const console_cell& b) {
  const auto number = [](const console_cell& cell, double& value) {
    const auto& text = cell.raw.empty() ? cell.text : cell.raw;
    const auto [stop, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    return failure == std::errc{} && stop == text.data() + text.size();
  };
  double x = 0;
  double y = 0;
  const auto first = number(a, x);
  const auto second = number(b, y);
  if (first && second)
    return x < y;
  return first != second ? first : a.text < b.text;
}

caf::error sort(const std::vector<std::string>& filter, console_table& table) {
  const auto down = filter.size() == 3 && filter[2] == "desc";
  if (filter.size() != 2 && !down)
    return caf::make_error(errc::invalid, "usage: sort column [desc]");
  const auto column =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const auto& each) {
        return iequals(each.name, filter[1]);
      });
  if (column == table.columns.end()) {
    std::string names;
    for (const auto& each : table.columns)
      names += " " + each.name;
    return caf::make_error(errc::invalid,
                           "no column " + filter[1] + "; there are" + names);
  }
  const auto i = static_cast<std::size_t>(column - table.columns.begin());
  std::stable_sort(
      table.rows.begin(), table.rows.end(), [&](const auto& a, const auto& b) {
        return down ? less(b.at(i), a.at(i)) : less(a.at(i), b.at(i));
      });
  return {};
}

caf::error head(const std::vector<std::string>& filter, console_table& table) {
  std::size_t count = 10;
  if (filter.size() == 2) {
    const auto& text = filter[1];
    const auto [stop, failure] =
        std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure != std::errc{} || stop != text.data() + text.size())
      return caf::make_error(errc::invalid, "usage: head [n]");
  }
  if (count < table.rows.size())
    table.rows.erase(table.rows.begin() + static_cast<std::ptrdiff_t>(count),
                     table.rows.end());
  return {};
}

} // namespace

console_cell::console_cell(double number)
    : text{fmt::format("{:.1f}", number)},
      raw{std::isfinite(number) ? fmt::format("{:.3f}", number) : "null"} {}

console_cell console_cell::time(double seconds) {
  console_cell cell{seconds};
  const auto whole = static_cast<std::int64_t>(seconds);
  if (seconds < 0.001)
    cell.text = fmt::format("{:.0f}us", seconds * 1e6);
  else if (seconds < 1)
    cell.text = fmt::format("{:.0f}ms", seconds * 1e3);
  else if (seconds < 60)
    cell.text = fmt::format("{:.1f}s", seconds);
  else if (seconds < 3'600)
    cell.text = fmt::format("{}m{:02}s", whole / 60, whole % 60);
  else if (seconds < 86'400)
    cell.text = fmt::format("{}h{:02}m", whole / 3'600, whole / 60 % 60);
  else
    cell.text = fmt::format("{}d{:02}h", whole / 86'400, whole / 3'600 % 24);
  cell.raw = fmt::format("{:.6f}", seconds);
  return cell;
}

console_cell console_cell::bytes(std::uint64_t count) {
  console_cell cell{count};
  auto value = static_cast<double>(count);
  std::string_view units = " KMGT";
  while (value >= 1024 && units.size() > 1) {
    value /= 1024;
    units.remove_prefix(1);
  }
  if (units.front() != ' ')
    cell.text = fmt::format("{:.0f}{}", value, units.front());
  return cell;
}

caf::error apply_filter(const std::vector<std::string>& filter,
                        console_table& table,
                        console_format& format) {
  const auto& name = filter.front();
  if (name == "grep")
    return grep(filter, table);
  if (name == "sort")
    return sort(filter, table);
  if (name == "head")
    return head(filter, table);
  if (name == "json" || name == "csv") {
    format = name == "json" ? console_format::json : console_format::csv;
    return {};
  }
  return caf::make_error(
      errc::invalid, "no filter " + name + "; there are grep, sort, head, json and csv");
}

std::string
render(const console_table& table, console_format format, std::size_t rows_max) {
  const auto rows = std::min(rows_max, table.rows.size());
  if (format == console_format::json)
    return render_json(table, rows);
  if (format == console_format::csv)
    return render_csv(table, rows);
  auto out = render_table(table, format == console_format::wide, rows);
  if (rows < table.rows.size())
    out += fmt::format("… {} more, use --limit\n", table.rows.size() - rows);
  if (!table.note.empty())
    out += redacted(table.note) + "\n";
  return out;
}

} // namespace caly
