#pragma once

#include "actors/imports/import_types.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Which column of a file is what.
///
/// The contact's fields are found by title in English and Hindi ("Mobile No.",
/// "contact_number", "मोबाइल"), or told by a mapping. Every other column becomes a
/// variable of the agent's prompt under its title in snake_case: "Order ID" → `order_id`.
struct header_map {
  struct variable {
    std::size_t column;
    std::string name;
  };

  std::vector<std::string> columns; ///< The titles, trimmed.
  std::size_t phone = 0;
  std::optional<std::size_t> name;
  std::optional<std::size_t> time_zone;
  std::optional<std::size_t> tags;
  std::vector<variable> variables;

  /// Field → title, as the API shows it.
  std::vector<std::pair<std::string, std::string>> mapping() const;
};

/// Reads the first row. A file whose first row holds a telephone number has no titles;
/// it is refused, because guessed titles would put wrong words into calls.
std::optional<import_failure> read_header(std::span<const std::string_view> cells,
                                          const import_options& options,
                                          header_map& out);

/// "Order ID" → "order_id", "ग्राहक नाम" → "ग्राहक_नाम"; at most 64 bytes, may be empty.
std::string variable_name(std::string_view title);

} // namespace caly
