#include "net/media/sentence_sounds.hpp"

#include <utility>

namespace caly {

std::optional<std::string> sentence_sounds::find(const std::string& key) {
  const std::lock_guard guard{mutex_};
  const auto known = by_key_.find(key);
  if (known == by_key_.end())
    return std::nullopt;
  sounds_.splice(sounds_.begin(), sounds_, known->second);
  return known->second->codes;
}

void sentence_sounds::keep(const std::string& key, std::string codes) {
  if (codes.empty() || codes.size() > bytes_max_)
    return;
  const std::lock_guard guard{mutex_};
  if (by_key_.contains(key))
    return;
  bytes_ += codes.size();
  sounds_.push_front({key, std::move(codes)});
  by_key_.emplace(key, sounds_.begin());
  while (bytes_ > bytes_max_) {
    bytes_ -= sounds_.back().codes.size();
    by_key_.erase(sounds_.back().key);
    sounds_.pop_back();
  }
}

} // namespace caly
