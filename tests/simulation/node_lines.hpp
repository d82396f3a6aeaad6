#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/records.hpp"
#include "tests/simulation/sim_database.hpp"

namespace caly::test {

/// A node's stores: its connections to the simulated database. What was sent over them
/// goes on without the node, as what a server was asked does.
struct node_lines {
  dial_store_actor dial;
  records_actor records;
  call_store_actor calls;
  cluster_store_actor cluster;
};

/// `client` and `database` outlive the actors.
node_lines start_lines(sim_env& env, sim_database& database, database_client& client);

} // namespace caly::test
