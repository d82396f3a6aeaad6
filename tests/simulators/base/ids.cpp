#include "tests/simulators/base/ids.hpp"

#include "runtime/base/uuid.hpp"

#include <array>
#include <ctime>

namespace caly::sim {

namespace {

std::string format_utc(wall_time at, const char* format) {
  const auto seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), format, &parts);
  return {text.data(), length};
}

} // namespace

std::string new_id(std::string_view prefix) {
  return std::string{prefix} + to_hex(make_uuid());
}

std::string to_rfc2822(wall_time at) {
  return format_utc(at, "%a, %d %b %Y %H:%M:%S +0000");
}

std::string to_date(wall_time at) {
  return format_utc(at, "%Y-%m-%d");
}

} // namespace caly::sim
