#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <vector>

namespace caly {

/// What a tenant has and whether it could use more. Sent when it begins to wait for a
/// line and every second while it has or wants any; the newest one counts.
struct line_demand {
  tenant_id tenant;
  std::uint32_t live = 0; ///< calls it has or is about to start
  std::uint32_t most = 0; ///< calls it may ever have at once
  bool waits = false;     ///< dials wait for a line
  bool passed_on = false; ///< by another node, which took this one for the scheduler's
  std::uint32_t guaranteed = 0; ///< calls it may have at once whatever others want
  std::uint32_t weight = 1;     ///< its part of what is left, beside that of others

  template <class Inspector>
  friend auto inspect(Inspector& f, line_demand& x) {
    return f(caf::meta::type_name("caly.line_demand"),
             x.tenant,
             x.live,
             x.most,
             x.waits,
             x.passed_on,
             x.guaranteed,
             x.weight);
  }
};

/// Until the next one, or for a few seconds: start no call beyond `lines` at once.
struct line_limit {
  tenant_id tenant;
  std::uint32_t lines = 0;
  bool passed_on = false; ///< by another node, which took this one for the owner

  template <class Inspector>
  friend auto inspect(Inspector& f, line_limit& x) {
    return f(caf::meta::type_name("caly.line_limit"), x.tenant, x.lines, x.passed_on);
  }
};

/// How one tenant stands with the scheduler.
struct line_share {
  line_demand demand;
  std::uint32_t limit = 0;   ///< what it was told last
  std::int64_t waits_ms = 0; ///< how long dials of it have waited without a break

  /// Lines it has beyond its guarantee; they go back as its calls end, never before.
  std::uint32_t borrowed() const noexcept {
    return demand.live > demand.guaranteed ? demand.live - demand.guaranteed : 0;
  }

  template <class Inspector>
  friend auto inspect(Inspector& f, line_share& x) {
    return f(caf::meta::type_name("caly.line_share"), x.demand, x.limit, x.waits_ms);
  }
};

/// Who has lines and who waits for them, now.
struct get_line_shares {
  bool passed_on = false; ///< by another node, which took this one for the scheduler's

  template <class Inspector>
  friend auto inspect(Inspector& f, get_line_shares& x) {
    return f(caf::meta::type_name("caly.get_line_shares"), x.passed_on);
  }
};

struct line_share_list {
  std::uint32_t lines = 0; ///< the system's; 0: not known yet
  std::uint32_t level = 0; ///< see `line_shares::level`
  std::vector<line_share> shares;

  template <class Inspector>
  friend auto inspect(Inspector& f, line_share_list& x) {
    return f(caf::meta::type_name("caly.line_share_list"), x.lines, x.level, x.shares);
  }
};

/// The scheduler's own clockwork.
struct scheduler_tick {
  template <class Inspector>
  friend auto inspect(Inspector& f, scheduler_tick&) {
    return f(caf::meta::type_name("caly.scheduler_tick"));
  }
};

/// The DIAL SCHEDULER shares the system's lines out fairly. One in the cluster, on the
/// node that owns its shard. Its word is a hint that keeps the peace: who has a line is
/// decided by the permits in the rows, so that nothing breaks while there is none, or
/// two.
using dial_scheduler_actor =
    caf::typed_actor<caf::reacts_to<line_demand>,
                     caf::reacts_to<scheduler_tick>,
                     caf::replies_to<get_line_shares>::with<line_share_list>,
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
