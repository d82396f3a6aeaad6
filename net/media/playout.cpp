#include "net/media/playout.hpp"

#include "net/media/g711.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace caly {

namespace {

constexpr std::int64_t bytes_per_ms = 8;
constexpr std::size_t items_max = 64;
constexpr int duck_divisor = 4;

/// A gap between words: so long, and no sample louder.
constexpr std::int64_t gap_ms = 30;
constexpr int gap_loudness_max = 400;

std::string quieter(std::string_view audio) {
  std::string codes;
  from_base64(audio, codes);
  for (auto& code : codes)
    code = static_cast<char>(to_mulaw(static_cast<std::int16_t>(
        from_mulaw(static_cast<std::uint8_t>(code)) / duck_divisor)));
  return to_base64(codes);
}

/// Where the last word of `codes` begins; 0 when it has no gap.
std::size_t last_word(std::string_view codes) {
  constexpr auto gap = static_cast<std::size_t>(gap_ms * bytes_per_ms);
  std::size_t quiet = 0;
  for (auto at = codes.size(); at > 0; --at) {
    const auto sample = from_mulaw(static_cast<std::uint8_t>(codes[at - 1]));
    quiet = std::abs(int{sample}) <= gap_loudness_max ? quiet + 1 : 0;
    if (quiet == gap)
      return at - 1 + gap;
  }
  return 0;
}

} // namespace

void playout::add(std::string_view id,
                  std::string_view audio,
                  std::size_t bytes,
                  std::int64_t now_ms) {
  const auto added = static_cast<std::int64_t>(bytes);
  if (added == 0)
    return;
  if (waiting_ms_ + added / bytes_per_ms > options_.waiting_max_ms) {
    dropped_ms_ += bytes / bytes_per_ms;
    return;
  }
  if (!busy(now_ms))
    ducked_ = false;
  if (items_.empty() || items_.back().id != id) {
    if (items_.size() == items_max)
      items_.pop_front();
    items_.push_back({++serials_, std::string{id}});
  }
  auto& whole = items_.back();
  pieces_.push_back({whole.serial, std::string{audio}, added});
  whole.bytes += added;
  whole.unsent += added;
  waiting_ms_ += added / bytes_per_ms;
  pace(now_ms);
}

void playout::finish(std::string_view id, std::int64_t now_ms) {
  for (auto& each : items_)
    if (each.id == id) {
      each.finished = true;
      pace(now_ms);
      return send_mark(each);
    }
}

void playout::pace(std::int64_t now_ms) {
  note_heard(now_ms);
  if (held_)
    return;
  while (sent_ < pieces_.size() && end_ms_ <= now_ms + options_.lead_ms)
    send(pieces_[sent_], now_ms);
}

void playout::send(piece& next, std::int64_t now_ms) {
  next.begin_ms = std::max(now_ms, end_ms_);
  end_ms_ = next.end_ms();
  waiting_ms_ -= next.ms();
  ++sent_;
  if (ducked_)
    sink_.send_audio(next.begin_ms, quieter(next.audio));
  else
    sink_.send_audio(next.begin_ms, next.audio);
  if (auto* whole = find(next.item)) {
    whole->unsent -= next.bytes;
    whole->end_ms = end_ms_;
    send_mark(*whole);
  }
}

void playout::send_mark(item& whole) {
  if (!whole.finished || whole.unsent > 0 || whole.mark != 0 || whole.heard)
    return;
  whole.mark = ++marks_;
  sink_.send_mark("m" + std::to_string(whole.mark));
}

/// Counts what was heard by now and forgets what no word can reach back to.
void playout::note_heard(std::int64_t now_ms) {
  while (heard_ < sent_ && pieces_[heard_].end_ms() <= now_ms)
    ++heard_;
  while (sent_ > 0 && pieces_.front().end_ms() + options_.word_max_ms <= now_ms) {
    pieces_.pop_front();
    --sent_;
    --heard_;
  }
}

void playout::split(std::size_t index, std::int64_t ms) {
  auto& whole = pieces_[index];
  if (ms <= 0 || ms >= whole.ms())
    return;
  std::string codes;
  from_base64(whole.audio, codes);
  const auto at = ms * bytes_per_ms;
  const auto codes_at = static_cast<std::size_t>(at);
  piece rest{whole.item,
             to_base64(std::string_view{codes}.substr(codes_at)),
             whole.bytes - at,
             whole.begin_ms + ms};
  whole.audio = to_base64(std::string_view{codes}.substr(0, codes_at));
  whole.bytes = at;
  pieces_.insert(pieces_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
                 std::move(rest));
  if (index < sent_)
    ++sent_;
  if (index < heard_)
    ++heard_;
}

/// The last piece that was sent waits again.
void playout::take_back() {
  auto& last = pieces_[--sent_];
  heard_ = std::min(heard_, sent_);
  waiting_ms_ += last.ms();
  if (auto* whole = find(last.item)) {
    whole->unsent += last.bytes;
    whole->mark = 0;
  }
}

void playout::rewind(std::int64_t now_ms) {
  note_heard(now_ms);
  for (std::size_t i = 0; i < sent_; ++i)
    if (pieces_[i].begin_ms < now_ms && pieces_[i].end_ms() > now_ms) {
      split(i, now_ms - pieces_[i].begin_ms);
      note_heard(now_ms);
      break;
    }
  while (sent_ > heard_)
    take_back();
  end_ms_ = std::min(end_ms_, now_ms);
  // The carrier sends all marks back with a clear: those of what was heard mean nothing
  // any more.
  for (auto& each : items_)
    each.heard = each.heard || (each.finished && each.unsent == 0);
}

void playout::duck(std::int64_t now_ms) {
  if (ducked_ || held_ || !busy(now_ms))
    return;
  ducked_ = true;
  rewind(now_ms);
  sink_.send_clear();
  pace(now_ms);
}

void playout::hold(std::int64_t now_ms) {
  if (held_ || !busy(now_ms))
    return;
  rewind(now_ms);
  sink_.send_clear();
  held_ = true;
  ducked_ = false;
}

void playout::go_back_to_word() {
  if (sent_ == pieces_.size())
    return;
  const auto serial = pieces_[sent_].item;
  std::string codes;
  std::string part;
  auto first = sent_;
  while (first > 0 && pieces_[first - 1].item == serial) {
    --first;
    from_base64(pieces_[first].audio, part);
    codes.insert(0, part);
  }
  const auto reach = static_cast<std::size_t>(options_.word_max_ms * bytes_per_ms);
  const auto skipped = codes.size() > reach ? codes.size() - reach : 0;
  const auto begin = last_word(std::string_view{codes}.substr(skipped));
  if (begin == 0)
    return;
  auto back_ms = static_cast<std::int64_t>(codes.size() - skipped - begin) / bytes_per_ms;
  while (back_ms > 0 && sent_ > first) {
    const auto index = sent_ - 1;
    const auto ms = pieces_[index].ms();
    if (ms > back_ms)
      split(index, ms - back_ms);
    take_back();
    back_ms -= pieces_[sent_].ms();
  }
}

void playout::resume(std::int64_t now_ms) {
  if (!std::exchange(held_, false))
    return;
  go_back_to_word();
  end_ms_ = now_ms;
  pace(now_ms);
}

std::vector<cut_audio> playout::cut(std::int64_t now_ms) {
  const bool audible = busy(now_ms);
  rewind(now_ms);
  std::vector<cut_audio> cuts;
  for (const auto& each : items_)
    cuts.push_back(
        {each.id, (each.bytes - each.unsent) / bytes_per_ms, each.bytes / bytes_per_ms});
  if (audible && !held_)
    sink_.send_clear();
  pieces_.clear();
  items_.clear();
  sent_ = heard_ = 0;
  waiting_ms_ = 0;
  end_ms_ = 0;
  ducked_ = held_ = false;
  return cuts;
}

void playout::echoed(std::string_view mark) {
  for (auto& each : items_)
    if (each.mark != 0 && mark == "m" + std::to_string(each.mark))
      each.heard = true;
}

std::vector<std::string> playout::take_heard(std::int64_t now_ms) {
  std::vector<std::string> heard;
  std::erase_if(items_, [&](item& each) {
    const bool overdue =
        each.unsent == 0 && now_ms > each.end_ms + options_.mark_patience_ms;
    if (each.heard || overdue)
      heard.push_back(std::move(each.id));
    return each.heard || overdue;
  });
  return heard;
}

bool playout::busy(std::int64_t now_ms) const noexcept {
  return sent_ < pieces_.size() || now_ms < end_ms_;
}

std::int64_t playout::left_ms(std::int64_t now_ms) const noexcept {
  return waiting_ms_ + std::max<std::int64_t>(0, end_ms_ - now_ms);
}

playout::item* playout::find(std::uint32_t serial) {
  for (auto& each : items_)
    if (each.serial == serial)
      return &each;
  return nullptr;
}

} // namespace caly
