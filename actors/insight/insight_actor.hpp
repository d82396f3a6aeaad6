#pragma once

#include "actors/api/call_store.hpp"
#include "actors/api/insight.hpp"
#include "actors/api/language_model.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

#include <deque>
#include <unordered_set>

namespace caly {

struct insight_options {
  int words_min = 5;
  int attempts_max = 3;
  std::chrono::milliseconds timeout{30'000};
  /// Empty: the rules analyse.
  std::string model;
  std::size_t running_max = 4;
  std::size_t waiting_max = 10'000;
};

struct insight_ports {
  call_store_actor rows;
  language_model_actor model; ///< null: the rules analyse
  wall_clock clock;
};

struct insight_state {
  std::deque<analyse_call> waiting;
  std::unordered_set<call_id> known; ///< waiting or running
  std::size_t running = 0;
  std::uint64_t done_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t short_total = 0;
};

/// Spawn one per node. What it forgets in a crash is found in the rows again.
insight_actor::behavior_type insight(self_ptr<insight_actor, insight_state> self,
                                     insight_options options,
                                     insight_ports ports);

} // namespace caly
