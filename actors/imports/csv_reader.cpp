#include "actors/imports/csv_reader.hpp"

#include <algorithm>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace caly {

namespace {

/// The first delimiter or line break, or `end`.
const char* find_cell_end(const char* at, const char* end, char delimiter) {
#ifdef __SSE2__
  const auto delimiters = _mm_set1_epi8(delimiter);
  const auto feeds = _mm_set1_epi8('\n');
  const auto returns = _mm_set1_epi8('\r');
  for (; end - at >= 16; at += 16) {
    const auto bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const auto breaks =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, feeds), _mm_cmpeq_epi8(bytes, returns));
    const auto found = _mm_or_si128(breaks, _mm_cmpeq_epi8(bytes, delimiters));
    if (const int mask = _mm_movemask_epi8(found); mask != 0)
      return at + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (at != end && *at != delimiter && *at != '\n' && *at != '\r')
    ++at;
  return at;
}

const char* find_byte(const char* at, const char* end, char byte) {
  const auto* found =
      static_cast<const char*>(std::memchr(at, byte, static_cast<std::size_t>(end - at)));
  return found != nullptr ? found : end;
}

const char* find_line_end(const char* at, const char* end) {
  return find_cell_end(at, end, '\n');
}

/// Past the line break at `at`: CRLF, LF or CR.
const char* past_break(const char* at, const char* end) {
  return at + (*at == '\r' && at + 1 != end && at[1] == '\n' ? 2 : 1);
}

bool is_blank(const char* begin, const char* end) {
  return std::all_of(begin, end, [](char c) { return c == ' ' || c == '\t'; });
}

/// Columns of each of the first rows when cut at `delimiter`.
std::vector<std::size_t> count_columns(std::string_view start, char delimiter) {
  constexpr std::size_t rows_max = 30;
  std::vector<std::size_t> result;
  std::size_t columns = 1;
  bool quoted = false;
  bool cell_begins = true;
  bool line_empty = true;
  for (const char c : start) {
    if (c == '"' && (quoted || cell_begins)) {
      quoted = !quoted;
      // A doubled quote closes and opens again.
      cell_begins = !quoted;
      line_empty = false;
    } else if (quoted) {
      continue;
    } else if (c == delimiter) {
      ++columns;
      cell_begins = true;
      line_empty = false;
    } else if (c == '\n' || c == '\r') {
      if (!line_empty)
        result.push_back(columns);
      if (result.size() == rows_max)
        return result;
      columns = 1;
      cell_begins = line_empty = true;
    } else {
      cell_begins = line_empty = false;
    }
  }
  // The last row may be cut off; it counts only when there is no other.
  if (result.empty() && !line_empty)
    result.push_back(columns);
  return result;
}

} // namespace

char find_delimiter(std::string_view start) {
  char best = ',';
  double best_score = 0;
  for (const char candidate : {',', ';', '\t', '|'}) {
    const auto columns = count_columns(start, candidate);
    if (columns.empty() || columns.front() < 2)
      continue;
    const auto even = std::count(columns.begin(), columns.end(), columns.front());
    const double score =
        static_cast<double>(even) / static_cast<double>(columns.size()) +
        0.001 * static_cast<double>(std::min<std::size_t>(columns.front(), 100));
    if (score > best_score) {
      best = candidate;
      best_score = score;
    }
  }
  return best;
}

csv_reader::csv_reader(const import_limits& limits, sink take, std::size_t block_bytes)
    : limits_{limits}, take_{std::move(take)}, block_bytes_{block_bytes} {
  cells_.reserve(limits_.columns_max);
  views_.reserve(limits_.columns_max);
}

bool csv_reader::feed(std::string_view bytes) {
  while (!bytes.empty() && !stopped_) {
    if (pending_.empty() && bytes.size() >= block_bytes_) {
      take_block(bytes.substr(0, block_bytes_), false);
      bytes.remove_prefix(block_bytes_);
      continue;
    }
    const auto take = std::min(bytes.size(), block_bytes_ - pending_.size());
    pending_.append(bytes.substr(0, take));
    bytes.remove_prefix(take);
    if (pending_.size() == block_bytes_) {
      take_block(pending_, false);
      pending_.clear();
    }
  }
  return !stopped_;
}

bool csv_reader::finish(bool truncated) {
  if (stopped_)
    return false;
  // What is cut off in a sequence is no broken text.
  take_block(pending_, !truncated);
  pending_.clear();
  return !stopped_;
}

bool csv_reader::take_block(std::string_view block, bool last) {
  buffer_.erase(0, at_);
  at_ = 0;
  if (!decoder_.decode(block, last, buffer_)) {
    stopped_ = true;
    return false;
  }
  if (!begun_)
    begin_file();
  if (!parse(last))
    stopped_ = true;
  return !stopped_;
}

void csv_reader::begin_file() {
  begun_ = true;
  // Excel's own hint, which it does not show as a row.
  const std::string_view text = buffer_;
  if (text.size() > 5 && text.starts_with("sep=") &&
      (text[5] == '\n' || text[5] == '\r')) {
    delimiter_ = text[4];
    at_ = static_cast<std::size_t>(
        past_break(text.data() + 5, text.data() + text.size()) - text.data());
    return;
  }
  delimiter_ = find_delimiter(text.substr(0, 16 * 1024));
}

bool csv_reader::parse(bool last) {
  const char* const end = buffer_.data() + buffer_.size();
  const auto window_max = static_cast<std::ptrdiff_t>(limits_.line_bytes_max + 2);
  while (true) {
    if (skipping_ && !skip_line(last))
      return true;
    const char* const begin = buffer_.data() + at_;
    if (begin == end)
      return true;
    // Only what the limit allows is looked at, so that it does not matter how much more
    // of the file is here already.
    const bool over = end - begin > window_max;
    const char* const window_end = over ? begin + window_max : end;
    const bool ends = last && !over;
    const auto result = scan_record(begin, window_end, ends);
    if (result == scan_result::complete) {
      if (!take_record(begin, next_))
        return false;
      continue;
    }
    const auto* line_end = find_line_end(begin, window_end);
    const bool line_is_here = window_end - line_end > 1 || over || ends;
    if (result == scan_result::incomplete ? !(over || ends) : !line_is_here)
      return true;
    if (!recover(begin, line_end, window_end, over))
      return false;
  }
}

csv_reader::scan_result
csv_reader::scan_quoted(const char*& at, const char* end, bool last, cell& out) {
  out.begin = ++at;
  while (true) {
    const auto* quote = find_byte(at, end, '"');
    // At the very end nobody knows yet whether the quote is doubled.
    if (quote == end || (quote + 1 == end && !last))
      return scan_result::incomplete;
    if (quote + 1 != end && quote[1] == '"') {
      out.doubled_quotes = true;
      at = quote + 2;
      continue;
    }
    out.end = quote;
    at = quote + 1;
    const bool closed = at == end || *at == delimiter_ || *at == '\n' || *at == '\r';
    return closed ? scan_result::complete : scan_result::misplaced_quote;
  }
}

csv_reader::scan_result
csv_reader::scan_record(const char* begin, const char* end, bool last) {
  cells_.clear();
  columns_ = 0;
  const char* at = begin;
  while (true) {
    cell next{at, at, false};
    if (at != end && *at == '"') {
      const auto result = scan_quoted(at, end, last, next);
      if (result != scan_result::complete)
        return result;
    } else {
      at = find_cell_end(at, end, delimiter_);
      next.end = at;
    }
    ++columns_;
    if (cells_.size() < limits_.columns_max)
      cells_.push_back(next);
    if (at == end) {
      next_ = end;
      return last ? scan_result::complete : scan_result::incomplete;
    }
    if (*at == delimiter_) {
      ++at;
      continue;
    }
    // A CR may be the first half of a CRLF.
    if (*at == '\r' && at + 1 == end && !last)
      return scan_result::incomplete;
    next_ = past_break(at, end);
    return scan_result::complete;
  }
}

bool csv_reader::take_record(const char* begin, const char* end) {
  ++number_;
  at_ = static_cast<std::size_t>(end - buffer_.data());
  const bool blank = std::all_of(cells_.begin(), cells_.end(), [](const cell& x) {
    return is_blank(x.begin, x.end);
  });
  if (blank && columns_ <= limits_.columns_max)
    return true;
  auto fault = csv_fault::none;
  if (decoder_.encoding() != text_encoding::undecided &&
      decoder_.encoding() != text_encoding::windows_1252 &&
      !is_valid_utf8({begin, static_cast<std::size_t>(end - begin)}))
    fault = csv_fault::encoding;
  return emit(fault);
}

/// Refuses the line from `begin` to `line_end` and goes on behind it.
bool csv_reader::recover(const char* begin,
                         const char* line_end,
                         const char* window_end,
                         bool over) {
  cells_.clear();
  columns_ = 0;
  for (const char* at = begin;; ++at) {
    // Without regard to quotes, which are what is wrong here.
    const auto* cell_end = find_cell_end(at, line_end, delimiter_);
    ++columns_;
    if (cells_.size() < limits_.columns_max)
      cells_.push_back({at, cell_end, false});
    at = cell_end;
    if (at == line_end)
      break;
  }
  ++number_;
  skipping_ = over && window_end - line_end < 2;
  const auto* const next =
      line_end == window_end || skipping_ ? line_end : past_break(line_end, window_end);
  at_ = static_cast<std::size_t>(next - buffer_.data());
  return emit(skipping_ ? csv_fault::too_long : csv_fault::quotes);
}

/// Drops the rest of a line that was too long; false when its end is not here yet.
bool csv_reader::skip_line(bool last) {
  const char* const end = buffer_.data() + buffer_.size();
  const auto* line_end = find_line_end(buffer_.data() + at_, end);
  at_ = static_cast<std::size_t>(line_end - buffer_.data());
  if (!last && end - line_end < 2)
    return false;
  skipping_ = false;
  if (line_end != end)
    at_ = static_cast<std::size_t>(past_break(line_end, end) - buffer_.data());
  return true;
}

bool csv_reader::emit(csv_fault fault) {
  views_.clear();
  for (auto& x : cells_) {
    const char* end = x.end;
    if (x.doubled_quotes) {
      // The text of this row is not read again, so it is changed where it stands.
      auto* to = const_cast<char*>(x.begin);
      for (const char* from = x.begin; from != x.end; ++from) {
        *to++ = *from;
        if (*from == '"' && from + 1 != x.end)
          ++from;
      }
      end = to;
    }
    auto length = static_cast<std::size_t>(end - x.begin);
    if (length > limits_.cell_bytes_max) {
      if (fault != csv_fault::quotes)
        fault = csv_fault::too_long;
      length = limits_.cell_bytes_max;
      while (length > 0 && (static_cast<unsigned char>(x.begin[length]) & 0xc0) == 0x80)
        --length;
    }
    views_.emplace_back(x.begin, length);
  }
  return take_({number_, views_, columns_, fault});
}

} // namespace caly
