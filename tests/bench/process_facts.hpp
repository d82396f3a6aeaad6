#pragma once

#include <cstdint>
#include <dirent.h>
#include <fstream>
#include <malloc.h>
#include <unistd.h>

namespace caly::bench {

/// Memory of this process that is resident, in KiB.
inline std::int64_t resident_kib() {
  std::ifstream in{"/proc/self/statm"};
  std::int64_t size = 0, resident = 0;
  in >> size >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// What it has allocated and not given back, in KiB: all arenas and mapped blocks.
inline std::int64_t allocated_kib() {
  const auto info = mallinfo2();
  return static_cast<std::int64_t>((info.uordblks + info.hblkhd) / 1024);
}

inline std::int64_t open_files() {
  auto* folder = opendir("/proc/self/fd");
  if (folder == nullptr)
    return 0;
  std::int64_t count = -3; // ".", ".." and this one
  while (readdir(folder) != nullptr)
    ++count;
  closedir(folder);
  return count;
}

} // namespace caly::bench
