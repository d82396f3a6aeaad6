#pragma once

#include "actors/tenant/tenant.hpp"

namespace caly {

/// Sends every call whose analysis is pending to the analyser; those that nobody spoke in
/// are done with at once. Where the carrier holds the conversations itself, what was said
/// is fetched first if its callback got lost.
void analyse_pending(self_ptr<tenant_actor, tenant_state> self,
                     const tenant_options& options,
                     const tenant_ports& ports);

} // namespace caly
