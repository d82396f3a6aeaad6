#include "runtime/base/shared_clock.hpp"

#include <algorithm>

namespace caly {

using namespace std::chrono;

namespace {

std::int64_t ahead_of_boot(wall_time there, boot_clock::time_point here) {
  return nanoseconds{there.time_since_epoch()}.count() - here.time_since_epoch().count();
}

} // namespace

shared_clock::shared_clock()
    : ahead_ns_{ahead_of_boot(system_clock::now(), boot_clock::now())} {}

wall_time shared_clock::now() const noexcept {
  const auto at = boot_clock::now().time_since_epoch() + nanoseconds{ahead_ns_.load()};
  return wall_time{duration_cast<wall_time::duration>(at)};
}

void shared_clock::set(wall_time there,
                       boot_clock::time_point asked,
                       boot_clock::time_point answered) noexcept {
  ahead_ns_ = std::clamp(
      ahead_ns_.load(), ahead_of_boot(there, answered), ahead_of_boot(there, asked));
}

} // namespace caly
