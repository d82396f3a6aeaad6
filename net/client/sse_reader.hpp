#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace caly {

/// One server-sent event.
struct sse_event {
  std::string type; ///< Empty when the server named none.
  std::string data; ///< Its lines, joined by line feeds.
};

/// Reads server-sent events (`text/event-stream`) from pieces that may be cut anywhere.
/// Lines end in CRLF, LF or CR; comments, `id` and `retry` are passed over, as is an
/// event without data.
class sse_reader {
public:
  /// `event_bytes_max` bounds the data of an event and the length of a line.
  explicit sse_reader(std::size_t event_bytes_max = 1 << 20)
      : event_bytes_max_{event_bytes_max} {}

  /// Takes the next piece; all events have to be taken before the one after it.
  void add(std::string_view piece);

  /// The next whole event. False: none yet, or `broken`.
  bool next(sse_event& out);

  /// An event or a line was too large; nothing more is read.
  bool broken() const noexcept { return broken_; }

private:
  void take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);

  const std::size_t event_bytes_max_;
  std::string text_;
  std::size_t at_ = 0;
  std::size_t searched_ = 0; ///< No line ends between `at_` and here.
  sse_event event_;
  bool has_data_ = false;
  bool first_line_ = true;
  bool after_cr_ = false; ///< A line feed now would belong to the line before.
  bool broken_ = false;
};

} // namespace caly
