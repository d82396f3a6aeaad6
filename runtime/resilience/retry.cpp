#include "runtime/resilience/retry.hpp"

#include <algorithm>

namespace caly {

using std::chrono::milliseconds;

std::optional<milliseconds> retry_policy::next(std::uint32_t attempts_done,
                                               milliseconds age,
                                               double dice,
                                               milliseconds retry_after) const {
  if (attempts_done >= attempts_max || age >= age_max)
    return std::nullopt;
  const auto doublings = std::min(attempts_done == 0 ? 0u : attempts_done - 1, 20u);
  const auto ceiling = std::min(delay_min.count() << doublings, delay_max.count());
  const auto share = std::clamp(dice, 0.0, 1.0);
  const milliseconds drawn{
      static_cast<std::int64_t>(static_cast<double>(ceiling) * share)};
  const auto delay = std::max(drawn, retry_after);
  if (age + delay >= age_max)
    return std::nullopt;
  return delay;
}

} // namespace caly
