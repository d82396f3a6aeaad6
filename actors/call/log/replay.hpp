#pragma once

#include "actors/call/call_agent.hpp"
#include "runtime/base/json.hpp"

#include <caf/expected.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace caly::call_logs {

/// Bounds on a log that is read.
constexpr json_limits log_json_limits{8 << 20, 32, 2'000'000, 32, 3};

struct replay_options {
  /// Makes the agents that the log's `voices` tells of.
  std::function<caf::expected<call_voices>(const json& recipe)> voices;
  /// Also for logs of another build: would this one have done the same?
  bool any_build = false;
};

struct replayed_step {
  std::uint64_t number = 0;
  std::int64_t at_ms = 0; ///< Unix time
  std::string kind;
  std::string did;
  std::string changed;
};

/// Where a replay does not do what the log says.
struct divergence {
  struct difference {
    std::string name;
    std::string logged;
    std::string replayed;
  };

  std::uint64_t step = 0;
  std::int64_t at_ms = 0;
  std::string kind;
  std::string payload; ///< JSON of the message
  /// Fields of the state, then effects by their place; never empty.
  std::vector<difference> differences;
};

struct replay_result {
  std::vector<replayed_step> steps; ///< up to the divergence, included
  std::uint64_t left_out = 0;       ///< of the log, past its bounds
  std::optional<divergence> diverged;
};

/// Runs the actor of a call, and its agent, against a log: nobody else is there, what
/// others answered is in the log, and time is the log's. Blocks; takes as long as the
/// steps do. Errors: `invalid` (no log, not the whole one, another format or build).
caf::expected<replay_result> replay(const json& log, const replay_options& options);

} // namespace caly::call_logs
