#pragma once

#include <optional>
#include <string>
#include <vector>

namespace caly::pg {

/// A named SQL text with `$1`, `$2`, … for its parameters; prepared once per connection.
/// Lives as long as the program.
struct statement {
  const char* name;
  const char* sql;
};

/// Parameters travel as text; absent means NULL.
using parameter = std::optional<std::string>;
using parameters = std::vector<parameter>;

} // namespace caly::pg
