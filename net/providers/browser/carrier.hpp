#pragma once

#include "actors/api/call.hpp"
#include "actors/api/carrier.hpp"
#include "actors/api/records.hpp"
#include "net/providers/browser/media_wire.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>

namespace caly::browser {

/// A browser was given the address of a call's socket.
struct line_promised {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, line_promised& x) {
    return f(caf::meta::type_name("caly.browser.line_promised"), x.tenant, x.call);
  }
};

/// The browser's socket speaks, or spoke and is gone.
struct line_changed {
  tenant_id tenant;
  call_id call;
  std::int64_t joined_at_ms = 0; ///< Unix time; 0: gone before it spoke
  std::int64_t gone_at_ms = 0;   ///< Unix time; 0: it is there

  template <class Inspector>
  friend auto inspect(Inspector& f, line_changed& x) {
    return f(caf::meta::type_name("caly.browser.line_changed"),
             x.tenant,
             x.call,
             x.joined_at_ms,
             x.gone_at_ms);
  }
};

/// Time to look whether a promised line came, or to tell again how one ended.
struct line_due {
  tenant_id tenant;
  call_id call;

  template <class Inspector>
  friend auto inspect(Inspector& f, line_due& x) {
    return f(caf::meta::type_name("caly.browser.line_due"), x.tenant, x.call);
  }
};

/// The carrier of test calls from browsers. Places none; the call is as long as its
/// socket, which is what it records: the call's answer, and its end.
using line_keeper_actor = carrier_actor::extend<caf::reacts_to<line_promised>,
                                                caf::reacts_to<line_changed>,
                                                caf::reacts_to<line_due>>;

/// A call ends when its socket closes.
inline constexpr carrier_traits traits{.hangs_up = false};

struct line_keeper_options {
  std::string node; ///< this one
  /// How long an address may wait for its browser, and the browser before it speaks.
  std::chrono::milliseconds promise{65'000};
  std::chrono::milliseconds retry_after{2'000};
  int tries_max = 10; ///< Of recording an end; then the reconciler finds it out.
  std::size_t lines_max = 10'000;
};

struct line_keeper_ports {
  dial_store_actor store;
  records_actor records;
  calls_actor calls;
  wall_clock clock;
};

struct line_keeper_state {
  struct known_line {
    line_changed last;
    int tries = 0;
    bool recorded = false; ///< Its end.
  };

  std::map<call_id, known_line> lines;
  std::uint64_t joined_total = 0;
  std::uint64_t ended_total = 0;
  std::uint64_t missed_total = 0; ///< Promised, and nobody came.
};

line_keeper_actor::behavior_type
line_keeper(self_ptr<line_keeper_actor, line_keeper_state> self,
            line_keeper_options options,
            line_keeper_ports ports);

/// A line that tells `keeper` of itself.
std::unique_ptr<line> kept_line(line_keeper_actor keeper,
                                const tenant_id& tenant,
                                const call_id& call,
                                wall_clock clock);

} // namespace caly::browser
