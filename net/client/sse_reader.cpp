#include "net/client/sse_reader.hpp"

#include <algorithm>
#include <utility>

namespace caly {

void sse_reader::add(std::string_view piece) {
  if (broken_)
    return;
  text_.erase(0, at_);
  searched_ -= std::min(searched_, std::exchange(at_, 0));
  text_ += piece;
}

bool sse_reader::next(sse_event& out) {
  while (!broken_ && at_ < text_.size()) {
    if (std::exchange(after_cr_, false) && text_[at_] == '\n') {
      ++at_;
      continue;
    }
    const auto end = text_.find_first_of("\r\n", std::max(at_, searched_));
    if (end == text_.npos) {
      searched_ = text_.size();
      broken_ = text_.size() - at_ > event_bytes_max_;
      break;
    }
    const auto line = std::string_view{text_}.substr(at_, end - at_);
    after_cr_ = text_[end] == '\r';
    at_ = end + 1;
    if (!line.empty()) {
      take_line(line);
      continue;
    }
    auto event = std::exchange(event_, {});
    if (!std::exchange(has_data_, false))
      continue;
    out = std::move(event);
    return true;
  }
  if (broken_)
    text_.clear();
  return false;
}

void sse_reader::take_line(std::string_view line) {
  static constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (std::exchange(first_line_, false) && line.starts_with(byte_order_mark))
    line.remove_prefix(byte_order_mark.size());
  const auto colon = line.find(':');
  if (colon == 0)
    return;
  auto value = colon == line.npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' '))
    value.remove_prefix(1);
  take_field(line.substr(0, colon), value);
}

void sse_reader::take_field(std::string_view name, std::string_view value) {
  if (name == "event") {
    event_.type = value;
  } else if (name == "data") {
    if (event_.data.size() + value.size() > event_bytes_max_) {
      broken_ = true;
      return;
    }
    if (std::exchange(has_data_, true))
      event_.data += '\n';
    event_.data += value;
  }
}

} // namespace caly
