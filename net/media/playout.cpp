#include "net/media/playout.hpp"

#include <algorithm>

namespace caly {

void playout::sent(std::string_view item, std::size_t bytes, std::int64_t now_ms) {
  if (items_.empty() || items_.back().id != item) {
    if (items_.size() == items_max)
      items_.pop_front();
    const auto begin = items_.empty() ? now_ms : std::max(now_ms, end_ms_);
    items_.push_back({std::string{item}, begin, 0, 0});
  }
  auto& last = items_.back();
  // A pause in the middle of an item moves the rest of it.
  if (last.bytes > 0 && now_ms > end_ms_)
    last.begin_ms += now_ms - end_ms_;
  last.bytes += static_cast<std::int64_t>(bytes);
  end_ms_ = last.begin_ms + last.ms();
}

std::string playout::mark(std::string_view item) {
  for (auto& each : items_)
    if (each.id == item) {
      each.mark = ++marks_;
      return "m" + std::to_string(generation_) + "-" + std::to_string(each.mark);
    }
  return {};
}

std::optional<std::string> playout::echoed(std::string_view name) {
  for (auto each = items_.begin(); each != items_.end(); ++each) {
    if (each->mark == 0 ||
        name != "m" + std::to_string(generation_) + "-" + std::to_string(each->mark))
      continue;
    auto heard = std::move(each->id);
    items_.erase(each);
    return heard;
  }
  return std::nullopt;
}

std::vector<cut_audio> playout::interrupt(std::int64_t now_ms) {
  std::vector<cut_audio> cuts;
  for (auto& each : items_) {
    const auto heard = std::clamp<std::int64_t>(now_ms - each.begin_ms, 0, each.ms());
    cuts.push_back({std::move(each.id), heard, each.ms()});
  }
  items_.clear();
  end_ms_ = 0;
  ++generation_;
  return cuts;
}

std::vector<std::string> playout::overdue(std::int64_t now_ms) {
  std::vector<std::string> heard;
  while (!items_.empty() &&
         now_ms > items_.front().begin_ms + items_.front().ms() + mark_patience_ms) {
    heard.push_back(std::move(items_.front().id));
    items_.pop_front();
  }
  return heard;
}

} // namespace caly
