#pragma once

#include "actors/api/import_store.hpp"
#include "actors/api/imports.hpp"
#include "actors/api/records.hpp"
#include "actors/imports/import_session.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace caly {

struct import_runner_options {
  import_limits limits;
  std::size_t chunk_bytes = 256 << 10; ///< read and parsed in one go
  std::size_t batch_rows = 10'000;
  std::size_t batches_in_flight_max = 4;
  std::size_t running_max = 2;
  std::size_t waiting_max = 100;
  std::chrono::milliseconds store_timeout{30'000};
  /// A store that does not answer is asked again after this. After `retries_max` times in
  /// a row the import is broken off, which is told when the store answers.
  std::chrono::milliseconds retry_delay{1'000};
  std::uint32_t retries_max = 300;
};

/// One file on its way into the store.
///
/// It is read twice: a file that turns out to be refused as a whole must leave no rows.
struct import_job {
  run_import order;
  import_options options;
  std::ifstream file;
  std::unique_ptr<import_session> session;
  bool checked = false; ///< the first reading found nothing against the file
  bool finishing = false;
  bool stalled = false; ///< waits before it asks the store again
  std::optional<import_failure> failure;
  std::deque<save_import_rows> waiting;
  std::vector<import_row> rows;
  std::vector<import_error> errors;
  std::size_t in_flight = 0;
  std::uint32_t retries = 0;
  std::uint64_t rows_saved = 0;
  std::uint64_t rows_total = 0;
};

struct import_runner_state {
  import_runner_options options;
  import_store_actor store;
  records_actor records;
  std::unordered_map<import_id, std::shared_ptr<import_job>> running;
  std::deque<run_import> waiting;
  std::uint64_t completed_total = 0;
  std::uint64_t failed_total = 0;
  std::uint64_t rows_total = 0;
};

/// Spawn it detached: it reads files.
import_runner_actor::behavior_type
import_runner(self_ptr<import_runner_actor, import_runner_state> self,
              import_runner_options options,
              import_store_actor store,
              records_actor records);

} // namespace caly
