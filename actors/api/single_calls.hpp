#pragma once

#include "actors/api/tenant.hpp"

namespace caly {

/// SINGLE CALLS passes a wish for one call to the node that owns the tenant.
using single_calls_actor = caf::typed_actor<
    // Errors: those of the tenant, and `unavailable` when its owner does not answer.
    caf::replies_to<place_single_call>::with<call_id>,
    caf::replies_to<get_status>::with<status_report>>;

} // namespace caly
