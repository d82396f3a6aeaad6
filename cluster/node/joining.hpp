#pragma once

#include "actors/api/cluster_store.hpp"
#include "config/settings.hpp"
#include "storage/pg/connection.hpp"

#include <caf/error.hpp>

namespace caly {

/// How this process asks to be taken into the cluster.
join_cluster join_request(const settings& chosen, const std::string& public_url);

/// Asks whether the cluster takes this node, before it changes or serves anything. What
/// stands in its way may be a process that was killed, which counts for two seconds more:
/// waits for that, for four at most.
/// Errors: `conflict` and `forbidden` in words for people, `unavailable`.
caf::error await_admission(const pg::connection_options& database,
                           const join_cluster& request);

} // namespace caly
