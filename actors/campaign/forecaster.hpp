#pragma once

#include "actors/api/forecaster.hpp"
#include "actors/api/records.hpp"
#include "actors/campaign/forecast_basis.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/observe/spawn.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <optional>

namespace caly {

struct forecaster_options {
  forecast_terms terms;
  std::chrono::milliseconds time_max{2000};       ///< for the courses of one forecast
  std::chrono::milliseconds waiting_time{10'000}; ///< then nobody waits any more
  std::size_t waiting_max = 8;                    ///< of those who want to see one
  std::size_t kept_waiting_max = 1000;            ///< of campaigns that have started
  int calls_min = 50;                             ///< to learn from
};

struct forecaster_ports {
  records_actor records;
  line_sharer_maker share;
  wall_clock clock;
};

/// Invariant: `busy` while something is asked of the records; then the rest waits.
struct forecaster_state {
  struct job {
    make_forecast wish;
    std::int64_t came_ms = 0;
    /// Who wants to see it; without, it is kept.
    std::optional<caf::typed_response_promise<forecast_made>> asker;
  };

  std::deque<job> asked; ///< come first
  std::deque<job> kept;
  bool busy = false;
  std::uint64_t made_total = 0;
  std::uint64_t kept_total = 0;
  std::uint64_t refused_total = 0;
};

/// One a node, with a thread of its own (`caf::detached`): a forecast takes up to a few
/// seconds of it.
forecaster_actor::behavior_type
forecaster(self_ptr<forecaster_actor, forecaster_state> self,
           forecaster_options options,
           forecaster_ports ports);

} // namespace caly
