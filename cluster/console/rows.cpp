#include "cluster/console/rows.hpp"

namespace caly {

console_cell no_cell() {
  console_cell none{"-"};
  none.raw = "null";
  return none;
}

console_cell cell_with(std::string text, std::string_view for_programs) {
  console_cell cell{std::move(text)};
  append_json_string(cell.raw, for_programs);
  return cell;
}

console_cell cell_of(const json& value) {
  if (value.is_string())
    return console_cell{*value.as_string()};
  if (value.is_null())
    return no_cell();
  if (const auto flag = value.as_bool())
    return console_cell{*flag};
  console_cell cell{value.dump()};
  cell.raw = cell.text;
  return cell;
}

console_table table_of(const std::vector<json>& rows,
                       std::vector<console_column> columns) {
  console_table table;
  table.columns = std::move(columns);
  table.rows.reserve(rows.size());
  for (const auto& row : rows) {
    auto& cells = table.rows.emplace_back();
    for (const auto& column : table.columns)
      cells.push_back(cell_of(row[column.name]));
  }
  return table;
}

void add_fields(console_table& record, const json& object, const std::string& prefix) {
  for (const auto& [name, value] : object.members())
    if (value.is_object())
      add_fields(record, value, prefix + name + ".");
    else
      record.field(prefix + name, cell_of(value));
}

} // namespace caly
