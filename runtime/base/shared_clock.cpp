#include "runtime/base/shared_clock.hpp"

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
  const auto took = answered - asked;
  if (took > reading_max && was_set_)
    return;
  ahead_ns_ = ahead_of_boot(there, asked + took / 2);
  was_set_ = true;
}

} // namespace caly
