#include "runtime/supervision/restart_budget.hpp"

#include <algorithm>

namespace caly {

bool restart_budget::spend(time_point now) {
  while (!spent_.empty() && now - spent_.front() > limits_.window)
    spent_.pop_front();
  if (spent_.size() <= limits_.restarts_max)
    spent_.push_back(now);
  return spent_.size() <= limits_.restarts_max;
}

std::chrono::milliseconds backoff::delay(std::uint32_t failures, double dice) const {
  const auto doublings = std::min(failures, 20u);
  const auto full = std::min(delay_min.count() << doublings, delay_max.count());
  const auto jittered = static_cast<double>(full) * (0.5 + std::clamp(dice, 0.0, 1.0));
  return std::min(std::chrono::milliseconds{static_cast<std::int64_t>(jittered)},
                  delay_max);
}

} // namespace caly
