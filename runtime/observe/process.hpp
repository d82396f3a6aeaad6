#pragma once

#include <cstdint>

namespace caly {

/// What this process takes from the machine.
struct process_usage {
  std::uint64_t resident_bytes = 0;
  std::uint64_t allocated_bytes = 0; ///< of the heap, that the program holds
  std::uint64_t open_files = 0;
  std::uint64_t threads = 0;
  double cpu_seconds = 0;
  double up_seconds = 0;
};

process_usage read_process_usage();

/// For a process that lives for months, before its threads start: buffers of imports and
/// of large answers go back when they are freed (glibc's own threshold grows with the
/// largest that was), and its threads do not each keep what their busiest moment took.
void bound_heap();

} // namespace caly
