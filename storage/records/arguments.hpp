#pragma once

#include "actors/api/records.hpp"
#include "storage/pg/statement.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly::records {

struct argument {
  std::string type; ///< text, int, cmp, …
  std::string name;
  bool optional = false;
};

/// Reads `cmp id, text? reason, cursor`.
std::vector<argument> parse_arguments(std::string_view text);

/// Checks one argument and makes the SQL parameter of it. Errors: `invalid`; `not_found`
/// for the id of another kind.
caf::expected<pg::parameter> read_argument(const argument& what,
                                           const record_argument& given);

/// Cursors are opaque to callers: base64url of the last row's key.
std::string write_cursor(std::string_view key);
caf::expected<pg::parameter> read_cursor(const record_argument& given);

} // namespace caly::records
