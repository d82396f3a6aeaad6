#pragma once

#include <cstdlib>
#include <dirent.h>
#include <fstream>
#include <sstream>
#include <string>
#include <sys/resource.h>
#include <sys/times.h>
#include <unistd.h>

namespace caly::bench {

/// CPU seconds of this process, all threads.
inline double own_cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The parent of a process: of a database session its server.
inline pid_t parent_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(in, line);
  std::istringstream fields{line.substr(line.rfind(')') + 2)};
  std::string state;
  pid_t parent = 0;
  fields >> state >> parent;
  return parent;
}

/// CPU seconds of a PostgreSQL server: the postmaster, its children and those that ended.
inline double server_cpu_s(pid_t postmaster) {
  double ticks = 0;
  auto* folder = opendir("/proc");
  if (folder == nullptr)
    return 0;
  while (const auto* entry = readdir(folder)) {
    const auto pid = std::atoi(entry->d_name);
    if (pid <= 0)
      continue;
    std::ifstream in{std::string{"/proc/"} + entry->d_name + "/stat"};
    std::string line;
    if (!std::getline(in, line))
      continue;
    // Fields after the name in brackets: state ppid … utime(14) stime(15) cutime cstime.
    std::istringstream fields{line.substr(line.rfind(')') + 2)};
    std::string state;
    long parent = 0;
    fields >> state >> parent;
    if (pid != postmaster && parent != postmaster)
      continue;
    std::string skipped;
    for (int i = 5; i <= 13; ++i)
      fields >> skipped;
    double user = 0, system = 0, ended_user = 0, ended_system = 0;
    fields >> user >> system >> ended_user >> ended_system;
    ticks += user + system;
    if (pid == postmaster)
      ticks += ended_user + ended_system;
  }
  closedir(folder);
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

} // namespace caly::bench
