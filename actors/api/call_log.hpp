#pragma once

#include "actors/model/ids.hpp"
#include "runtime/observe/status.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caly {

/// The event log of a call, from the actor that tended it on one node: what it started
/// from, then each message with its time (actors/call/log/README.md).
struct keep_call_log {
  tenant_id tenant;
  call_id call;
  std::string node;
  std::int64_t began_at_ms = 0; ///< Unix time
  std::uint32_t events = 0;
  std::string log; ///< JSON object

  template <class Inspector>
  friend auto inspect(Inspector& f, keep_call_log& x) {
    return f(caf::meta::type_name("caly.keep_call_log"),
             x.tenant,
             x.call,
             x.node,
             x.began_at_ms,
             x.events,
             x.log);
  }
};

/// The keeper writes what has gathered.
struct call_logs_due {
  template <class Inspector>
  friend auto inspect(Inspector& f, call_logs_due&) {
    return f(caf::meta::type_name("caly.call_logs_due"));
  }
};

/// A CALL LOG KEEPER writes the logs of calls: those that ended, and how far the others
/// are from time to time. What the rows do not take is
/// tried again while there is room, and then told and counted.
using call_log_keeper_actor =
    caf::typed_actor<caf::reacts_to<keep_call_log>,
                     caf::reacts_to<call_logs_due>,
                     caf::replies_to<get_status>::with<status_report>>;

/// Asks a live call for what it is doing, as a state machine. No words of the talk, no
/// names, no numbers of people.
struct watch_call {
  template <class Inspector>
  friend auto inspect(Inspector& f, watch_call&) {
    return f(caf::meta::type_name("caly.watch_call"));
  }
};

/// JSON object: `now_ms`, `states` (each `name`, `current`, `since_ms`), `mailbox`,
/// `timers` (each `name`, `due_ms`), `leases` (each `name`, `value`), `fields`, and
/// `messages`, the last 200 (each `n`, `at_ms`, `kind`, `did`, `changed`).
struct call_view {
  std::string json;

  template <class Inspector>
  friend auto inspect(Inspector& f, call_view& x) {
    return f(caf::meta::type_name("caly.call_view"), x.json);
  }
};

/// Every call actor is one.
using call_watch_actor = caf::typed_actor<caf::replies_to<watch_call>::with<call_view>>;

} // namespace caly
