#pragma once

#include "actors/call/call.hpp"

#include <unordered_map>

namespace caly {

/// This node's live calls.
///
/// Invariant: `by_address` has exactly one entry for each of `calls`.
struct calls_state {
  struct entry {
    call_actor actor;
    tenant_actor told;
    campaign_id campaign;
  };

  std::unordered_map<call_id, entry> calls;
  std::unordered_map<caf::actor_addr, call_id> by_address;
  std::unordered_map<call_id, std::vector<caf::typed_response_promise<call_actor>>>
      loading;
  std::uint64_t started_total = 0;
  std::uint64_t resumed_total = 0;
  std::uint64_t crashed_total = 0;
};

/// Spawn one per node, under the node supervisor.
calls_actor::behavior_type calls_of_node(self_ptr<calls_actor, calls_state> self,
                                         call_options options,
                                         call_ports ports);

} // namespace caly
