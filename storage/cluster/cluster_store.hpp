#pragma once

#include "actors/api/cluster_store.hpp"
#include "runtime/base/shared_clock.hpp"
#include "runtime/observe/spawn.hpp"
#include "storage/pg/connection.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace caly {

struct cluster_store_state;

/// While the database was away nobody could renew: so long after its start nobody is
/// declared dead or loses a shard.
constexpr std::chrono::milliseconds restart_grace{8000};

/// Whether a node may join, asked before it touches anything: changes nothing, and works
/// on an empty database. Errors: those of `refusal`, `unavailable`.
caf::error may_join(const pg::connection_options& database, const join_cluster& ask);

/// Starts the cluster store: a detached actor with one connection of its own to `url`.
/// Each renewal sets `clock` by the database's.
cluster_store_actor start_cluster_store(caf::actor_system& sys,
                                        const std::string& url,
                                        std::shared_ptr<shared_clock> clock,
                                        std::chrono::milliseconds grace = restart_grace);

} // namespace caly
