#include "actors/imports/row_rules.hpp"

#include "actors/imports/clean_text.hpp"
#include "actors/imports/zone_names.hpp"
#include "actors/model/time_zone.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>

namespace caly {

namespace {

import_code to_import_code(phone_issue issue) {
  switch (issue) {
  case phone_issue::missing:
    return import_code::phone_missing;
  case phone_issue::invalid:
    return import_code::phone_invalid;
  case phone_issue::scientific:
    return import_code::phone_scientific;
  case phone_issue::premium:
    return import_code::premium;
  case phone_issue::landline:
    return import_code::phone_landline;
  case phone_issue::unusual:
    return import_code::phone_unusual;
  case phone_issue::none:
    break;
  }
  return import_code::none;
}

bool refuse(rejected_row& rejected,
            import_code code,
            std::string message,
            std::string_view suggestion) {
  rejected.code = code;
  rejected.message = std::move(message);
  rejected.suggestion = suggestion;
  return false;
}

/// Trimmed, and without the apostrophe by which spreadsheets mark text that only looks
/// like a formula; error files write it too.
std::string_view cell_text(const csv_row& row, std::size_t column) {
  if (column >= row.cells.size())
    return {};
  auto text = trim(row.cells[column]);
  if (text.size() > 1 && text.front() == '\'' && begins_like_formula(text))
    text.remove_prefix(1);
  return text;
}

bool refuse_fault(const csv_row& row,
                  const import_limits& limits,
                  rejected_row& rejected) {
  switch (row.fault) {
  case csv_fault::too_long:
    return refuse(rejected,
                  import_code::too_long,
                  "a cell is longer than " + std::to_string(limits.cell_bytes_max) +
                      " bytes, or the line longer than " +
                      std::to_string(limits.line_bytes_max),
                  "Shorten the long cell.");
  case csv_fault::quotes:
    return refuse(rejected,
                  import_code::quotes,
                  "a quote stands in the wrong place or is never closed",
                  "Put quotes around the whole cell and double those inside it.");
  case csv_fault::encoding:
    return refuse(rejected,
                  import_code::encoding,
                  "some characters are not in the file's encoding",
                  "Save the file as \"CSV UTF-8\".");
  case csv_fault::none:
    break;
  }
  return true;
}

bool check_columns(const csv_row& row, const header_map& header, rejected_row& rejected) {
  const auto expected = header.columns.size();
  const auto surplus = row.cells.subspan(std::min(expected, row.cells.size()));
  const bool text_behind =
      row.columns > row.cells.size() ||
      std::any_of(surplus.begin(), surplus.end(), [](std::string_view cell) {
        return !trim(cell).empty();
      });
  // Spreadsheets leave out empty cells at the end, so a short row is wrong only when the
  // number is not in it.
  if (!text_behind && row.columns > header.phone)
    return true;
  return refuse(rejected,
                import_code::columns,
                "expected " + std::to_string(expected) + " cells, got " +
                    std::to_string(row.columns),
                text_behind ? "Put quotes around cells that contain the delimiter."
                            : "Fill in the missing cells.");
}

} // namespace

row_rules::row_rules(const header_map& header, const import_options& options)
    : header_{header}, options_{options} {
  const auto is_required = [&](std::string_view name) {
    return std::find(options.required_variables.begin(),
                     options.required_variables.end(),
                     name) != options.required_variables.end();
  };
  for (const auto& variable : header.variables) {
    std::string key = keys_.empty() ? "" : ",";
    append_json_string(key, variable.name);
    keys_.push_back(key + ':');
    required_.push_back(is_required(variable.name));
  }
  name_required_ = is_required("name");
}

bool row_rules::apply(const csv_row& row, import_row& taken, rejected_row& rejected) {
  rejected.row = row.number;
  rejected.cells = row.cells;
  taken.row_no = static_cast<std::int32_t>(row.number);
  warnings_ = 0;
  if (!refuse_fault(row, options_.limits, rejected) ||
      !check_columns(row, header_, rejected) ||
      !take_phone(row.cells[header_.phone], rejected) ||
      !take_zone(row, taken, rejected) || !take_name(row, taken, rejected) ||
      !take_tags(row, taken, rejected) || !take_variables(row, taken, rejected))
    return false;
  const auto first = seen_.first_row(phone_, row.number);
  if (first == row.number) {
    taken.phone = phone_.str();
    return true;
  }
  return refuse(rejected,
                import_code::duplicate_in_file,
                "the same number as in row " + std::to_string(first),
                "Keep one of the two rows.");
}

void row_rules::warn(import_code code) {
  warnings_ |= 1u << static_cast<unsigned>(code);
}

bool row_rules::take_phone(std::string_view cell, rejected_row& rejected) {
  const auto reading = parse_phone(cell, options_.default_country);
  const auto code = to_import_code(reading.issue);
  if (!reading.ok() ||
      (options_.refuse_landlines && reading.issue == phone_issue::landline))
    return refuse(rejected,
                  code,
                  std::string{reading.reason},
                  reading.suggestion.empty() ? "Use a mobile number."
                                             : reading.suggestion);
  if (code != import_code::none)
    warn(code);
  phone_ = reading.number;
  if (options_.blocked_countries.empty() || !is_blocked(phone_))
    return true;
  return refuse(rejected,
                import_code::country_blocked,
                "calls to this country are not allowed",
                "Ask your administrator, or leave the row out.");
}

bool row_rules::is_blocked(phone_number number) {
  // Three digits after the calling code tell the country in every plan that is shared.
  constexpr std::size_t remembered_max = 10'000;
  auto leading = number.digits();
  while (leading >= 1'000'000)
    leading /= 10;
  if (const auto known = blocked_.find(leading); known != blocked_.end())
    return known->second;
  const auto country = country_of(number);
  const auto& all = options_.blocked_countries;
  const bool result = std::find(all.begin(), all.end(), country) != all.end();
  if (blocked_.size() < remembered_max && !country.empty())
    blocked_.emplace(leading, result);
  return result;
}

bool row_rules::take_zone(const csv_row& row, import_row& taken, rejected_row& rejected) {
  const auto told =
      header_.time_zone ? cell_text(row, *header_.time_zone) : std::string_view{};
  if (told.empty()) {
    taken.time_zone = time_zone_of(phone_).value_or(std::string_view{});
    return true;
  }
  const auto zone = find_time_zone(told, options_.default_country);
  if (!zone)
    return refuse(rejected,
                  import_code::time_zone,
                  "the time zone is not known",
                  "Write it as Area/City, for example Asia/Kolkata, or leave it empty.");
  taken.time_zone = *zone;
  return true;
}

bool row_rules::take_name(const csv_row& row, import_row& taken, rejected_row& rejected) {
  taken.name.clear();
  if (header_.name && clean_name(cell_text(row, *header_.name), taken.name))
    warn(import_code::name_control_chars);
  if (taken.name.size() > options_.limits.name_bytes_max)
    return refuse(rejected,
                  import_code::too_long,
                  "the name is longer than " +
                      std::to_string(options_.limits.name_bytes_max) + " bytes",
                  "Shorten the name.");
  if (is_suspicious_formula(taken.name))
    warn(import_code::formula);
  if (!name_required_ || !taken.name.empty())
    return true;
  return refuse(
      rejected, import_code::variable_missing, "\"name\" is empty", "Fill it in.");
}

bool row_rules::take_tags(const csv_row& row, import_row& taken, rejected_row& rejected) {
  taken.tags.clear();
  if (!header_.tags)
    return true;
  const auto text = cell_text(row, *header_.tags);
  const auto& limits = options_.limits;
  std::vector<std::string> tags;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of(",;|\n", at), text.size());
    std::string tag;
    clean_name(text.substr(at, end - at), tag);
    at = end + 1;
    if (tag.empty() || std::find(tags.begin(), tags.end(), tag) != tags.end())
      continue;
    if (tag.size() > limits.tag_bytes_max || tags.size() == limits.tags_max)
      return refuse(rejected,
                    import_code::too_long,
                    "more than " + std::to_string(limits.tags_max) +
                        " tags, or one longer than " +
                        std::to_string(limits.tag_bytes_max) + " bytes",
                    "Use fewer and shorter tags.");
    taken.tags += tags.empty() ? "" : ",";
    taken.tags += tag;
    tags.push_back(std::move(tag));
  }
  return true;
}

bool row_rules::take_variables(const csv_row& row,
                               import_row& taken,
                               rejected_row& rejected) {
  auto& out = taken.variables;
  out.clear();
  out.reserve(variables_bytes_);
  out += '{';
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const auto text = cell_text(row, header_.variables[i].column);
    if (text.empty() && required_[i])
      return refuse(rejected,
                    import_code::variable_missing,
                    '"' + header_.variables[i].name + "\" is empty",
                    "Fill it in; the agent's prompt needs it.");
    if (is_suspicious_formula(text))
      warn(import_code::formula);
    out += keys_[i];
    append_json_string(out, text);
  }
  out += '}';
  variables_bytes_ = out.size() + 16;
  return true;
}

} // namespace caly
