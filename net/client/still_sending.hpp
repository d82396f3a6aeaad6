#pragma once

#include "actors/api/records.hpp"
#include "net/client/http_client.hpp"

#include <caf/actor_system.hpp>

#include <chrono>

namespace caly {

/// Makes the last look at a call before its create leaves.
using create_check = std::function<http_check(const tenant_id&, const call_id&)>;

/// Looks into the call's row: a yes while it says `sending`. No answer within `patience`
/// is a no. `system` outlives every check.
create_check still_sending(caf::actor_system& system,
                           records_actor records,
                           std::chrono::milliseconds patience);

} // namespace caly
