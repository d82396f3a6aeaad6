#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// The day that folded text names, seen from `today` where the caller is: today, kal,
/// परसों, next monday, somvar, 15 march, 15 tarikh, 21/11/2026, 2026-11-21. A day without
/// a year or week lies ahead, never behind.
std::optional<std::chrono::year_month_day> find_date(std::string_view folded,
                                                     std::chrono::local_days today);

/// The time of day that folded text names, `HH:MM`: 5 pm, 17:30, half past five, saade
/// paanch baje, shaam ko 6 baje. Without am, pm or a part of the day, one to seven
/// o'clock is in the afternoon. A part of the day alone is its usual hour (morning
/// 10:00).
std::optional<std::string> find_time(std::string_view folded);

/// `2026-11-21`
std::string iso_date(std::chrono::year_month_day day);

/// `22 November` or `22 नवंबर` for an ISO date; other text stays as it is.
std::string say_date(std::string_view iso, std::string_view language);

/// Reads `2026-11-21T10:00:00` as local time.
std::optional<std::chrono::local_seconds> parse_local_time(std::string_view text);

} // namespace caly
