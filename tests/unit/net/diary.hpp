#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace caly::test {

/// What the threads of a node tell the test, in order.
class diary {
public:
  void write(std::string line) {
    const std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }

  /// Waits for a line; a test that waits in vain fails.
  bool has(const std::string& line) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [&] {
      return std::find(lines_.begin(), lines_.end(), line) != lines_.end();
    });
  }

  /// The same for a line that contains `part`.
  bool has_line_with(const std::string& part) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{10}, [&] {
      return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& each) {
        return each.find(part) != std::string::npos;
      });
    });
  }

  bool has_line_now(const std::string& part) {
    const std::lock_guard lock{mutex_};
    return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& each) {
      return each.find(part) != std::string::npos;
    });
  }

  std::size_t count(const std::string& line) {
    const std::lock_guard lock{mutex_};
    return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line));
  }

  bool has_now(const std::string& line) {
    const std::lock_guard lock{mutex_};
    return std::find(lines_.begin(), lines_.end(), line) != lines_.end();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

} // namespace caly::test
