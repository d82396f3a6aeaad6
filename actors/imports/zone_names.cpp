#include "actors/imports/zone_names.hpp"

#include "runtime/base/text.hpp"

#include <memory>
#include <string>
#include <unicode/strenum.h>
#include <unicode/timezone.h>
#include <unordered_map>

namespace caly {

namespace {

/// Names by their lower-case form.
const std::unordered_map<std::string, std::string>& zone_names() {
  static const auto names = [] {
    std::unordered_map<std::string, std::string> result{{"utc", "UTC"}};
    auto status = U_ZERO_ERROR;
    const std::unique_ptr<icu::StringEnumeration> ids{
        icu::TimeZone::createTimeZoneIDEnumeration(
            UCAL_ZONE_TYPE_ANY, nullptr, nullptr, status)};
    if (U_FAILURE(status) || ids == nullptr)
      return result;
    while (const auto* id = ids->next(nullptr, status)) {
      const std::string name{id};
      if (name.find('/') != name.npos && !name.starts_with("SystemV/"))
        result.emplace(to_lower(name), name);
    }
    result["asia/calcutta"] = "Asia/Kolkata";
    result["asia/kolkata"] = "Asia/Kolkata";
    return result;
  }();
  return names;
}

} // namespace

std::optional<std::string_view> find_time_zone(std::string_view text,
                                               std::string_view default_country) {
  const auto wanted = to_lower(trim(text));
  if (wanted == "ist" && default_country == "IN")
    return "Asia/Kolkata";
  const auto found = zone_names().find(wanted);
  if (found == zone_names().end())
    return std::nullopt;
  return found->second;
}

} // namespace caly
