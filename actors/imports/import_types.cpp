#include "actors/imports/import_types.hpp"

#include "runtime/base/json.hpp"

namespace caly {

std::string_view to_code(import_code code) noexcept {
  constexpr std::array<std::string_view, static_cast<std::size_t>(import_code::count_)>
      names = {
          "",
          "E_PHONE_MISSING",
          "E_PHONE_INVALID",
          "E_PHONE_SCIENTIFIC",
          "E_PHONE_LANDLINE",
          "E_PREMIUM",
          "E_COUNTRY_BLOCKED",
          "E_DUP_IN_FILE",
          "E_TOO_LONG",
          "E_ENCODING",
          "E_QUOTES",
          "E_COLUMNS",
          "E_VAR_MISSING",
          "E_TIME_ZONE",
          "W_NAME_CONTROL_CHARS",
          "W_FORMULA",
          "W_PHONE_UNUSUAL",
          "E_FILE_EMPTY",
          "E_FILE_BINARY",
          "E_FILE_TOO_LARGE",
          "E_TOO_MANY_ROWS",
          "E_TOO_MANY_COLUMNS",
          "E_NO_HEADER",
          "E_NO_ROWS",
          "E_NO_PHONE_COLUMN",
          "E_MAPPING",
          "E_INTERRUPTED",
      };
  const auto index = static_cast<std::size_t>(code);
  return index < names.size() ? names[index] : std::string_view{};
}

import_error to_import_error(const rejected_row& row) {
  import_error result;
  result.row_no = static_cast<std::int32_t>(row.row);
  result.code = to_code(row.code);
  result.message = row.message;
  result.suggestion = row.suggestion;
  result.cells = "[";
  for (const auto cell : row.cells) {
    if (result.cells.size() > 1)
      result.cells += ',';
    append_json_string(result.cells, cell);
  }
  result.cells += ']';
  return result;
}

} // namespace caly
