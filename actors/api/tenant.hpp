#pragma once

#include "actors/api/cluster.hpp"
#include "actors/api/dial_scheduler.hpp"
#include "actors/api/dial_store.hpp"

namespace caly {

/// A campaign wants one more dial. The request waits in the tenant's mailbox until a line
/// is free; the answer is a `dial_result` to the campaign.
struct want_dial {
  campaign_id campaign;

  template <class Inspector>
  friend auto inspect(Inspector& f, want_dial& x) {
    return f(caf::meta::type_name("caly.want_dial"), x.campaign);
  }
};

/// What became of some of a campaign's wanted dials.
struct dial_result {
  std::uint32_t granted = 0;
  std::uint32_t refused = 0; ///< these wants are gone; `stop` says why
  reserve_stop stop = reserve_stop::none;
  std::int64_t wait_until_ms = 0; ///< Unix time, 0: not known

  template <class Inspector>
  friend auto inspect(Inspector& f, dial_result& x) {
    return f(caf::meta::type_name("caly.dial_result"),
             x.granted,
             x.refused,
             x.stop,
             x.wait_until_ms);
  }
};

/// A call this node dialed is over (or was never placed). From the call to its tenant,
/// and on to its campaign.
struct call_finished {
  call_id call;
  campaign_id campaign; ///< empty: none
  std::string status;   ///< completed, busy, …, refused, lost

  template <class Inspector>
  friend auto inspect(Inspector& f, call_finished& x) {
    return f(caf::meta::type_name("caly.call_finished"), x.call, x.campaign, x.status);
  }
};

/// One call outside any campaign.
struct place_single_call {
  tenant_id tenant;
  call_id call; ///< made by the asker, so that asking again is harmless
  std::string to;
  std::string from; ///< empty: the default number
  agent_id agent;
  std::string variables;        ///< JSON object
  std::string correlation_id{}; ///< of the request that wants it
  bool passed_on = false;       ///< by another node, which took this one for the owner

  template <class Inspector>
  friend auto inspect(Inspector& f, place_single_call& x) {
    return f(caf::meta::type_name("caly.place_single_call"),
             x.tenant,
             x.call,
             x.to,
             x.from,
             x.agent,
             x.variables,
             x.correlation_id,
             x.passed_on);
  }
};

/// A TENANT owns its lines: who dials waits in its mailbox until one is free. One actor a
/// tenant, on the node that owns its shard.
using tenant_actor =
    caf::typed_actor<caf::reacts_to<want_dial>,
                     caf::reacts_to<call_finished>,
                     // Something changed in the tenant's rows.
                     caf::reacts_to<wake_tenant>,
                     caf::reacts_to<line_limit>,
                     // Errors: `tenant_at_capacity`, `system_at_capacity`, `no_credit`,
                     // `conflict` (suppressed, or a live call to the same number),
                     // `not_found` (agent), `unavailable`.
                     caf::replies_to<place_single_call>::with<call_id>,
                     caf::replies_to<get_status>::with<status_report>>;

/// A CAMPAIGN decides how many dials to want and when, and when it is over. A child of
/// its tenant; its rows are the truth, so it may die and start again at any time.
using campaign_actor = caf::typed_actor<caf::reacts_to<dial_result>,
                                        caf::reacts_to<call_finished>,
                                        // Something changed in the campaign's rows
                                        // (pause, stop, more credits, …).
                                        caf::reacts_to<wake_tenant>,
                                        caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
