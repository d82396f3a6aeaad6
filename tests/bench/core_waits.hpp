#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace caly::bench {

/// How long this process's threads were ready to run and had no core: what a busy machine
/// adds to every time that is measured on it.
class core_waits {
public:
  /// Of the threads that there are now.
  core_waits() {
    auto* folder = opendir("/proc/self/task");
    if (folder == nullptr)
      return;
    while (const auto* entry = readdir(folder)) {
      const auto path = std::string{"/proc/self/task/"} + entry->d_name + "/schedstat";
      if (entry->d_name[0] != '.')
        if (const auto file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC); file >= 0)
          files_.push_back(file);
    }
    closedir(folder);
  }

  ~core_waits() {
    for (const auto file : files_)
      ::close(file);
  }

  core_waits(const core_waits&) = delete;
  core_waits& operator=(const core_waits&) = delete;

  /// Of all together, since they began. From any thread.
  std::int64_t ns() const {
    std::int64_t sum = 0;
    for (const auto file : files_) {
      std::array<char, 96> text{};
      // "time on a core, time waiting for one, times that it ran"
      if (::pread(file, text.data(), text.size() - 1, 0) <= 0)
        continue;
      char* second = nullptr;
      std::strtoll(text.data(), &second, 10);
      sum += std::strtoll(second, nullptr, 10);
    }
    return sum;
  }

private:
  std::vector<int> files_;
};

} // namespace caly::bench
