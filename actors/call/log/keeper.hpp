#pragma once

#include "actors/api/call_log.hpp"
#include "actors/api/records.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <cstdint>
#include <deque>

namespace caly {

/// Invariant: `waiting_bytes` is what the logs in `waiting` have together.
struct call_log_keeper_state {
  static constexpr std::size_t waiting_bytes_max = 64 << 20;
  /// From the first log until what has come is written.
  static constexpr std::chrono::milliseconds gather{500};
  /// After the rows did not answer.
  static constexpr std::chrono::seconds rest{5};
  static constexpr std::size_t under_way_max = 4; ///< transactions
  /// Of a transaction, which is of one tenant: what waits while others are under way.
  static constexpr std::size_t batch_max = 100;
  static constexpr std::size_t batch_bytes_max = 1 << 20;

  std::deque<keep_call_log> waiting;
  /// Of batches that were refused, for one of them: each is tried by itself.
  std::deque<keep_call_log> alone;
  std::size_t waiting_bytes = 0;
  std::size_t under_way = 0; ///< the rows have not answered yet
  bool due_later = false;    ///< what waits gathers, or the rows have a rest
  std::uint64_t kept_total = 0;
  std::uint64_t kept_bytes_total = 0;
  std::uint64_t lost_total = 0;
};

/// Spawn one per node. Logs that the rows refuse are lost, those that they do not take
/// now wait, up to `waiting_bytes_max`, the oldest of which are lost first. What has
/// gathered when it is told to exit is sent to the rows without waiting for an answer.
call_log_keeper_actor::behavior_type
call_log_keeper(self_ptr<call_log_keeper_actor, call_log_keeper_state> self,
                records_actor records);

} // namespace caly
