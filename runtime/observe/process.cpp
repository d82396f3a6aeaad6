#include "runtime/observe/process.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <malloc.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace caly {

namespace {

const auto began = std::chrono::steady_clock::now();

double seconds(const timeval& x) {
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
}

} // namespace

process_usage read_process_usage() {
  process_usage usage;
  std::uint64_t pages = 0;
  if (std::ifstream statm{"/proc/self/statm"}; statm >> pages >> pages)
    usage.resident_bytes = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto heap = mallinfo2();
  usage.allocated_bytes = heap.uordblks + heap.hblkhd;
  const auto count = [](const char* folder) {
    std::error_code failure;
    std::uint64_t entries = 0;
    for (std::filesystem::directory_iterator i{folder, failure}, end;
         !failure && i != end;
         i.increment(failure))
      ++entries;
    return entries;
  };
  usage.open_files = count("/proc/self/fd");
  usage.threads = count("/proc/self/task");
  rusage used{};
  if (getrusage(RUSAGE_SELF, &used) == 0)
    usage.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  usage.up_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return usage;
}

void bound_heap() {
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_ARENA_MAX, 4);
}

} // namespace caly
