#pragma once

#include "cluster/client/commands.hpp"

#include <string>

namespace caly::client {

struct replay_wishes {
  std::string file;       ///< a saved log; empty: that of the call
  std::string save;       ///< where to put the log; empty: nowhere
  bool verbose = false;   ///< a line for each event
  bool any_build = false; ///< also what another build wrote
};

/// Runs the actor and the agent of an ended call again against its log. `error`: they did
/// something else.
exit_code replay_call(const command_context& context,
                      const std::string& id,
                      const replay_wishes& wishes);

} // namespace caly::client
