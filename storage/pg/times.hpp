#pragma once

#include "runtime/base/clock.hpp"

#include <string>
#include <string_view>

namespace caly::pg {

/// RFC 3339 with microseconds, what the database keeps.
std::string sql_time(wall_time at);

/// The database's own text in UTC (`2026-11-21 09:04:05.123456+00`) as RFC 3339 with
/// milliseconds; anything else stays as it is.
void append_sql_time(std::string& out, std::string_view text);

} // namespace caly::pg
