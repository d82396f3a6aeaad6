#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>

namespace caly {

/// What a tenant has and whether it could use more. Sent when it begins to wait for a
/// line and every second while it has or wants any; the newest one counts.
struct line_demand {
  tenant_id tenant;
  std::uint32_t live = 0; ///< calls it has or is about to start
  std::uint32_t most = 0; ///< calls it may ever have at once
  bool waits = false;     ///< dials wait for a line
  bool passed_on = false; ///< by another node, which took this one for the scheduler's

  template <class Inspector>
  friend auto inspect(Inspector& f, line_demand& x) {
    return f(caf::meta::type_name("caly.line_demand"),
             x.tenant,
             x.live,
             x.most,
             x.waits,
             x.passed_on);
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
                     caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
