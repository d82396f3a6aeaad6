#include "runtime/resilience/rate_limiter.hpp"

#include <algorithm>

namespace caly {

std::chrono::nanoseconds rate_limiter::wait(time_point now) const {
  const auto tolerance =
      limit_.interval() *
      static_cast<std::int64_t>(std::max<std::size_t>(limit_.burst, 1) - 1);
  if (next_ <= now + tolerance)
    return std::chrono::nanoseconds{0};
  return next_ - tolerance - now;
}

std::chrono::nanoseconds rate_limiter::take(time_point now) {
  const auto delay = wait(now);
  if (delay.count() == 0)
    next_ = std::max(next_, now) + limit_.interval();
  return delay;
}

} // namespace caly
