#pragma once

#include "runtime/base/clock.hpp"

#include <chrono>
#include <string_view>

namespace caly {

/// `at` on the clocks of `zone` (an IANA name such as "Asia/Kolkata"), in whole seconds;
/// UTC for a name that is not known.
std::chrono::local_seconds local_time_in(std::string_view zone, wall_time at);

} // namespace caly
