#include "runtime/base/clock.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

namespace caly {

using namespace std::chrono;

wall_clock system_wall_clock() {
  return [] { return system_clock::now(); };
}

boot_clock::time_point boot_clock::now() noexcept {
  timespec at{};
  clock_gettime(CLOCK_BOOTTIME, &at);
  return time_point{seconds{at.tv_sec} + nanoseconds{at.tv_nsec}};
}

std::int64_t to_unix_ms(wall_time at) {
  return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

std::string to_rfc3339(wall_time at) {
  const auto ms = floor<milliseconds>(at);
  const auto day = floor<days>(ms);
  const year_month_day date{day};
  const hh_mm_ss time{ms - day};
  std::array<char, 64> text{};
  const auto length = std::snprintf(text.data(),
                                    text.size(),
                                    "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                                    static_cast<int>(date.year()),
                                    static_cast<unsigned>(date.month()),
                                    static_cast<unsigned>(date.day()),
                                    static_cast<int>(time.hours().count()),
                                    static_cast<int>(time.minutes().count()),
                                    static_cast<int>(time.seconds().count()),
                                    static_cast<int>(time.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<wall_time> parse_rfc3339(std::string_view text) {
  const auto number = [&](std::size_t at, std::size_t digits) -> int {
    int value = 0;
    if (at + digits > text.size())
      return -1;
    const auto* end = text.data() + at + digits;
    const auto [stop, failure] = std::from_chars(text.data() + at, end, value);
    return failure == std::errc{} && stop == end ? value : -1;
  };
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' ||
      (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const auto [y, mo, d] = std::array{number(0, 4), number(5, 2), number(8, 2)};
  const auto [h, mi, s] = std::array{number(11, 2), number(14, 2), number(17, 2)};
  const year_month_day date{
      year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (y < 0 || mo < 0 || d < 0 || !date.ok() || h < 0 || h > 23 || mi < 0 || mi > 59 ||
      s < 0 || s > 60)
    return std::nullopt;
  auto at = sys_days{date} + hours{h} + minutes{mi} + seconds{s};
  auto result = time_point_cast<nanoseconds>(at);
  std::size_t i = 19;
  if (text[i] == '.') {
    std::int64_t scale = 100'000'000;
    for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, scale /= 10)
      result += nanoseconds{(text[i] - '0') * scale};
  }
  if (i + 1 == text.size() && (text[i] == 'Z' || text[i] == 'z'))
    return time_point_cast<system_clock::duration>(result);
  if (i + 6 != text.size() || (text[i] != '+' && text[i] != '-') || text[i + 3] != ':')
    return std::nullopt;
  const auto oh = number(i + 1, 2);
  const auto om = number(i + 4, 2);
  if (oh < 0 || oh > 23 || om < 0 || om > 59)
    return std::nullopt;
  const auto offset = hours{oh} + minutes{om};
  result += text[i] == '+' ? -offset : offset;
  return time_point_cast<system_clock::duration>(result);
}

} // namespace caly
