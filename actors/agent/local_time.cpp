#include "actors/agent/local_time.hpp"

#include <memory>
#include <unicode/timezone.h>

namespace caly {

std::chrono::local_seconds local_time_in(std::string_view zone, wall_time at) {
  const std::unique_ptr<icu::TimeZone> rules{
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(
          icu::StringPiece{zone.data(), static_cast<std::int32_t>(zone.size())}))};
  const auto utc = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
  std::int32_t offset_ms = 0;
  std::int32_t summer_ms = 0;
  auto status = U_ZERO_ERROR;
  // An unknown name makes ICU's "unknown zone", which is UTC.
  rules->getOffset(
      static_cast<double>(utc.count()) * 1000, false, offset_ms, summer_ms, status);
  return std::chrono::local_seconds{utc +
                                    std::chrono::seconds{(offset_ms + summer_ms) / 1000}};
}

} // namespace caly
