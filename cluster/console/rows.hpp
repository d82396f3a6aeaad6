#pragma once

#include "runtime/base/json.hpp"
#include "runtime/console/table.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// `-` for people, null for programs.
console_cell no_cell();

/// A text that programs read differently.
console_cell cell_with(std::string text, std::string_view for_programs);

/// A JSON value as a cell: null as `-`, numbers and booleans as programs read them too,
/// objects and arrays as compact JSON.
console_cell cell_of(const json& value);

/// Objects as rows; each column shows the member of its name.
console_table table_of(const std::vector<json>& rows,
                       std::vector<console_column> columns);

/// The members of an object as fields of a record; those of inner objects as
/// `outer.inner`.
void add_fields(console_table& record,
                const json& object,
                const std::string& prefix = {});

} // namespace caly
