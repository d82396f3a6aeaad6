#include "storage/pg/times.hpp"

#include <chrono>
#include <cstdio>

namespace caly::pg {

std::string sql_time(wall_time at) {
  const auto micros =
      std::chrono::floor<std::chrono::microseconds>(at.time_since_epoch()).count();
  const auto ms = micros >= 0 ? micros / 1000 : (micros - 999) / 1000;
  auto text = to_rfc3339(wall_time{std::chrono::milliseconds{ms}});
  char rest[8];
  std::snprintf(rest, sizeof rest, "%03dZ", static_cast<int>(micros - ms * 1000));
  text.pop_back();
  return text + rest;
}

void append_sql_time(std::string& out, std::string_view text) {
  if (text.size() < 22 || text[10] != ' ' || !text.ends_with("+00")) {
    out += text;
    return;
  }
  out += text.substr(0, 10);
  out += 'T';
  out += text.substr(11, 8);
  const auto fraction = text.substr(19, text.size() - 22);
  char digits[] = ".000Z";
  for (std::size_t i = 1; i < fraction.size() && i <= 3; ++i)
    digits[i] = fraction[i];
  out += digits;
}

} // namespace caly::pg
