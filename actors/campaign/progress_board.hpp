#pragma once

#include "actors/api/records.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace caly {

/// The progress of one campaign as it was read last. Invariant: it is being read while
/// somebody waits.
struct progress_view {
  std::vector<caf::typed_response_promise<record_answer>> waiting;
  std::optional<record_answer> last;
  caf::actor_clock::time_point asked_at;
  caf::actor_clock::time_point fresh_until; ///< `last` is
};

struct progress_board_state {
  static constexpr std::size_t views_max = 10'000;
  /// An answer is fresh for so many times what reading it took, within `fresh_max`: all
  /// who look at a campaign together keep the database busy for a ninth of the time.
  static constexpr int fresh_times = 8;
  static constexpr std::chrono::seconds fresh_max{3};

  std::map<std::pair<tenant_id, std::string>, progress_view> views;
  std::uint64_t read_total = 0;
  std::uint64_t shared_total = 0;
};

/// Spawn one per node. Answers `campaigns.progress`, which counts the rows of a campaign,
/// for everybody who looks at one: who asks while it is read, or shortly after, gets what
/// was read. Other statements are `invalid`; errors are those of the rows, never kept.
records_actor::behavior_type
progress_board(self_ptr<records_actor, progress_board_state> self, records_actor rows);

} // namespace caly
