#include "actors/tenant/lines.hpp"

#include <algorithm>

namespace caly {

namespace {

/// A line of another tenant may free at any time without a hint reaching us.
constexpr std::int64_t retry_ms = 200;

} // namespace

std::vector<dial_batch> tenant_lines::take_batches(std::uint32_t batch_max) {
  std::vector<dial_batch> batches;
  for (auto& [campaign, count] : waiting_) {
    while (count > 0) {
      dial_batch batch{campaign, {}};
      const auto size = std::min(count, batch_max);
      batch.calls.reserve(size);
      for (std::uint32_t i = 0; i < size; ++i)
        batch.calls.push_back(call_id::make());
      count -= size;
      batches.push_back(std::move(batch));
    }
  }
  waiting_.clear();
  return batches;
}

void tenant_lines::answered(std::uint32_t asked,
                            std::uint32_t granted,
                            reserve_stop stop,
                            std::int64_t now_ms) {
  claimed_ -= std::min(claimed_, asked);
  live_ += granted;
  if (stop == reserve_stop::system_at_capacity ||
      stop == reserve_stop::tenant_at_capacity)
    closed_until_ms_ = now_ms + retry_ms;
}

} // namespace caly
