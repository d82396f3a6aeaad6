#pragma once

#include "actors/tenant/tenant.hpp"

namespace caly {

/// Asks the provider about every doubtful call of the tenant and records what it says
/// (dial protocol, step 8). One pass at a time; bounded by the store's answer.
void reconcile(self_ptr<tenant_actor, tenant_state> self, const tenant_ports& ports);

} // namespace caly
