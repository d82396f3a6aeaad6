#pragma once

#include "actors/api/dial_scheduler.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace caly {

/// Shares lines out so that the tenant with the fewest that wants more always comes first
/// (max-min fairness): one with a hundred thousand rows never holds up one with ten, and
/// what somebody does not want the others get. Pure; time is passed in.
///
/// All tenants get the same limit, the level: the highest one at which the lines suffice.
/// Lines that do not go around go to some of those who want more, each second to others.
class line_shares {
public:
  /// A tenant that says nothing for this long has nothing.
  static constexpr std::int64_t silent_max_ms = 5000;

  void report(const line_demand& demand, std::int64_t now_ms);

  /// What has changed since the last plan for `lines` lines, or was asked for since.
  /// `turn` decides who gets the lines that do not go around; count it up once a second.
  std::vector<line_limit>
  plan(std::uint32_t lines, std::uint64_t turn, std::int64_t now_ms);

  /// Set by `plan`: nobody who wants more has fewer lines than this.
  std::uint32_t level() const noexcept { return level_; }

  std::size_t tenants() const noexcept { return entries_.size(); }

  std::size_t waiting() const noexcept;

private:
  struct entry {
    line_demand demand;
    std::int64_t heard_ms = 0;
    bool asked = false;
    std::uint32_t limit = 0;

    /// Lines it could use now.
    std::uint32_t wanted() const noexcept {
      return demand.waits ? std::max(demand.most, demand.live) : demand.live;
    }
  };

  std::map<tenant_id, entry> entries_;
  std::uint32_t level_ = 0;
};

} // namespace caly
