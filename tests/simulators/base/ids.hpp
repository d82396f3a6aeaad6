#pragma once

#include "runtime/base/clock.hpp"

#include <string>
#include <string_view>

namespace caly::sim {

/// `prefix` and 32 hex digits, e.g. a SID of Twilio or an item id of OpenAI.
std::string new_id(std::string_view prefix);

/// `Sat, 21 Nov 2026 09:04:05 +0000`, as Twilio writes times.
std::string to_rfc2822(wall_time at);

/// `2026-11-21`, the date in UTC.
std::string to_date(wall_time at);

} // namespace caly::sim
