#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace caly {

/// What sentences sound like, for all calls of a node: greetings, fillers and other lines
/// that are said again and again. The ones that were not said for longest go first.
/// Thread-safe.
class sentence_sounds {
public:
  explicit sentence_sounds(std::size_t bytes_max) : bytes_max_{bytes_max} {}

  std::optional<std::string> find(const std::string& key);
  void keep(const std::string& key, std::string codes);

private:
  struct sound {
    std::string key, codes;
  };

  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::list<sound> sounds_; ///< The last one used first.
  std::unordered_map<std::string, std::list<sound>::iterator> by_key_;
  std::size_t bytes_ = 0;
};

} // namespace caly
