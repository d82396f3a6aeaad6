#include "net/media/recording/call_recorder.hpp"

#include <algorithm>
#include <utility>

namespace caly::recording {

void call_recorder::caller(std::int64_t ms, std::string_view mulaw) {
  const auto begin = ms < 0 ? caller_end_ms_ : ms;
  caller_end_ms_ = begin + static_cast<std::int64_t>(mulaw.size() / 8);
  if (!paused_)
    add({entry_kind::caller, static_cast<std::uint32_t>(begin), mulaw});
}

void call_recorder::agent(std::int64_t ms, std::string_view mulaw) {
  if (!paused_)
    add({entry_kind::agent,
         static_cast<std::uint32_t>(std::max<std::int64_t>(0, ms)),
         mulaw});
}

void call_recorder::cut(std::int64_t ms) {
  add({entry_kind::cut, static_cast<std::uint32_t>(std::max<std::int64_t>(0, ms)), {}});
}

void call_recorder::finish(std::int64_t ms) {
  if (!tape_)
    return;
  const auto end = std::max(ms, caller_end_ms_);
  add({entry_kind::end, static_cast<std::uint32_t>(std::max<std::int64_t>(0, end)), {}});
  flush();
  tape_.reset();
}

void call_recorder::add(const tape_entry& entry) {
  if (!tape_)
    return;
  append_entry(batch_, entry);
  if (batch_.size() >= batch_bytes_max)
    flush();
}

void call_recorder::flush() {
  if (!tape_ || batch_.empty())
    return;
  if (!tape_->write(std::exchange(batch_, {})))
    tape_.reset(); // the deck has told why
}

} // namespace caly::recording
