#include "cluster/node/line_sharing.hpp"

#include "actors/scheduler/line_shares.hpp"

#include <memory>

namespace caly {

line_sharer share_lines() {
  return [shares = std::make_shared<line_shares>(),
          turn = std::uint64_t{0}](const std::vector<line_demand>& demands,
                                   std::uint32_t lines,
                                   std::int64_t now_ms) mutable {
    for (const auto& each : demands)
      shares->report(each, now_ms);
    return shares->plan(lines, turn++, now_ms);
  };
}

} // namespace caly
