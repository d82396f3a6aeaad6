#pragma once

#include <optional>
#include <string_view>

namespace caly {

/// The IANA name that `text` stands for, without regard to case: "asia/kolkata" →
/// "Asia/Kolkata". Old names give way to new ones where India is concerned
/// ("Asia/Calcutta", and "IST" when `default_country` is IN). Abbreviations that stand
/// for several zones are unknown. The text is in static storage.
std::optional<std::string_view> find_time_zone(std::string_view text,
                                               std::string_view default_country);

} // namespace caly
