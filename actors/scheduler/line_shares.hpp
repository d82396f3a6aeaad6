#pragma once

#include "actors/api/dial_scheduler.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

namespace caly {

/// Shares lines out by deficit round robin (Shreedhar and Varghese, 1995). Pure; time is
/// passed in.
///
/// First everyone gets what it wants of its guarantee, then what is left goes around
/// among those that want more, up to what each may have: a tenant is served `weight`
/// lines at a time, and where the lines run out the next turn goes on, with what is still
/// owed to it. So one with a hundred thousand rows never holds up one with ten, and what
/// somebody does not want, of its guarantee too, the others borrow until calls of theirs
/// end.
class line_shares {
public:
  /// A tenant that says nothing for this long has nothing.
  static constexpr std::int64_t silent_max_ms = 5000;

  void report(const line_demand& demand, std::int64_t now_ms);

  /// What has changed since the last plan for `lines` lines, or was asked for since.
  /// Plans of one `turn` share out alike; count it up once a second, so that what does
  /// not go around gets around.
  std::vector<line_limit>
  plan(std::uint32_t lines, std::uint64_t turn, std::int64_t now_ms);

  /// Set by `plan`: whoever wants no more now may go up to this at once, or to its
  /// guarantee. The fewest lines of anybody that would have liked more; all, when there
  /// is none.
  std::uint32_t level() const noexcept { return level_; }

  std::size_t tenants() const noexcept { return entries_.size(); }

  std::size_t waiting() const noexcept;

  /// Those that have waited longest come first.
  std::vector<line_share> list(std::int64_t now_ms) const;

private:
  struct entry {
    line_demand demand;
    std::int64_t heard_ms = 0;
    std::int64_t waits_since_ms = 0;
    bool asked = false;
    std::uint32_t limit = 0;
    std::uint32_t share = 0; ///< in the plan that is being made

    /// Lines it could use now.
    std::uint32_t wanted() const noexcept {
      return demand.waits ? std::max(demand.most, demand.live) : demand.live;
    }
  };

  /// Where a round stands: `owed` lines to `next`, or to whoever comes after it.
  struct round {
    tenant_id next;
    std::uint32_t owed = 0; ///< of a service that the end of the lines broke off
  };

  struct rounds {
    round guarantees;
    round rest;
  };

  template <class UpTo>
  std::uint32_t serve(std::uint32_t lines, round& at, UpTo up_to);

  std::map<tenant_id, entry> entries_;
  std::uint32_t level_ = 0;
  std::uint64_t turn_ = 0;
  rounds now_;  ///< as this turn found them
  rounds next_; ///< as it leaves them
};

} // namespace caly
