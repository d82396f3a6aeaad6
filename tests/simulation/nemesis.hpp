#pragma once

#include "tests/simulation/sim_node.hpp"

#include <memory>
#include <vector>

namespace caly::test {

/// Breaks things: actors and nodes crash, nodes freeze, are cut off from each other or
/// from the database, get a wrong time; the database restarts. It strikes between any two
/// messages.
class nemesis {
public:
  nemesis(sim_env& env,
          sim_database& database,
          sim_network& network,
          std::vector<std::unique_ptr<sim_node>>& nodes)
      : env_{env}, database_{database}, network_{network}, nodes_{nodes} {}

  void start();

  /// An actor handled a message: the next strike may come now.
  void stepped();

  /// All mailboxes are empty: a strike that is due comes now.
  void now_or_never();

  /// The node dies, and a new process starts in its place.
  void kill(int node);

  /// No more faults from now on, and what is broken is mended.
  void heal();

private:
  void plan();
  void strike();
  void freeze(sim_node& node);
  void cut_database(sim_node& node);
  void cut_link();
  void jump_clock(sim_node& node);

  sim_node& any_node() { return *nodes_[env_.dice() % nodes_.size()]; }

  sim_env& env_;
  sim_database& database_;
  sim_network& network_;
  std::vector<std::unique_ptr<sim_node>>& nodes_;
  std::optional<std::uint32_t> steps_left_; ///< until a strike
};

} // namespace caly::test
