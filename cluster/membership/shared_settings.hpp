#pragma once

#include "actors/api/cluster_store.hpp"
#include "config/settings.hpp"

namespace caly {

/// The settings that must be the same on all nodes (`option::shared`), to be compared
/// with those of others. Secrets are there as digests under `cluster.secret`, so that a
/// difference shows and nothing else does.
shared_config shared_config_of(const settings& chosen);

} // namespace caly
