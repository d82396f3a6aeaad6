#include "actors/scheduler/line_shares.hpp"

#include <algorithm>

namespace caly {

void line_shares::report(const line_demand& demand, std::int64_t now_ms) {
  auto& known = entries_[demand.tenant];
  known.demand = demand;
  known.heard_ms = now_ms;
  known.asked = true;
}

std::size_t line_shares::waiting() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const auto& each) {
        return each.second.demand.waits;
      }));
}

std::vector<line_limit>
line_shares::plan(std::uint32_t lines, std::uint64_t turn, std::int64_t now_ms) {
  std::erase_if(entries_, [&](const auto& each) {
    return now_ms - each.second.heard_ms > silent_max_ms;
  });
  // Those who want little first: what they leave raises the level of the others.
  std::vector<std::uint32_t> wanted;
  for (const auto& [tenant, known] : entries_)
    wanted.push_back(known.wanted());
  std::sort(wanted.begin(), wanted.end());
  auto left = lines;
  auto sharers = static_cast<std::uint32_t>(wanted.size());
  level_ = lines;
  for (const auto want : wanted) {
    level_ = left / sharers;
    if (want > level_)
      break;
    left -= want;
    --sharers;
    level_ = lines;
  }
  // Those above the level share what does not go around, beginning with another each
  // turn.
  const std::uint64_t over = sharers > 0 ? left % sharers : 0;
  const auto first = sharers > 0 ? turn * over % sharers : 0;
  std::uint64_t at = 0;
  std::vector<line_limit> changes;
  for (auto& [tenant, known] : entries_) {
    auto limit = level_;
    if (known.wanted() > level_ && (at++ + sharers - first) % sharers < over)
      ++limit;
    if (limit != known.limit || known.asked)
      changes.push_back({tenant, limit});
    known.limit = limit;
    known.asked = false;
  }
  return changes;
}

} // namespace caly
