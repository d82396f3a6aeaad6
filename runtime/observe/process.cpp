#include "runtime/observe/process.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#ifdef CALY_JEMALLOC
#include <jemalloc/jemalloc.h>
#else
#include <malloc.h>
#endif

namespace caly {

namespace {

const auto began = std::chrono::steady_clock::now();

double seconds(const timeval& x) {
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
}

#ifdef CALY_JEMALLOC
std::uint64_t allocated_bytes() {
  std::uint64_t epoch = 1;
  std::size_t size = sizeof(epoch);
  mallctl("epoch", nullptr, nullptr, &epoch, size); // figures of now
  std::size_t bytes = 0;
  size = sizeof(bytes);
  mallctl("stats.allocated", &bytes, &size, nullptr, 0);
  return bytes;
}
#else // a build with sanitizers, whose allocator is theirs
std::uint64_t allocated_bytes() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}
#endif

} // namespace

process_usage read_process_usage() {
  process_usage usage;
  std::uint64_t pages = 0;
  if (std::ifstream statm{"/proc/self/statm"}; statm >> pages >> pages)
    usage.resident_bytes = pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  usage.allocated_bytes = allocated_bytes();
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

} // namespace caly
