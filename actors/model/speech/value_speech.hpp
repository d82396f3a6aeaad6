#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

// How values are said in "en", "hi" and "hinglish". What cannot be one of its kind comes
// back as it is.

/// In groups as people of the country say them: ten digits five and five, with `plus` and
/// the country code before.
std::string say_phone(std::string_view number, std::string_view language);

/// `five six zero, zero zero one`
std::string say_pin_code(std::string_view digits, std::string_view language);

/// An order's or a ticket's number: letters and digits one by one, in groups.
std::string say_code(std::string_view code, std::string_view language);

/// `currency` is INR, USD, EUR or GBP; `units` of it and hundredths.
std::string say_amount(std::int64_t units,
                       int hundredths,
                       std::string_view currency,
                       std::string_view language);

enum class day_parts : std::uint8_t { day, day_and_year, weekday_too };

/// `fifteenth August`, `पन्द्रह अगस्त`; with the year, or after the weekday.
std::string
say_day(std::chrono::year_month_day day, day_parts parts, std::string_view language);

/// `five thirty PM`, `शाम साढ़े पाँच बजे`. `hour` 0 to 23; without `knows_half` it may be
/// either half of the day, and none is said.
std::string say_time(int hour, int minute, bool knows_half, std::string_view language);

/// `ravi dot kumar at the rate gmail dot com`; digits one by one.
std::string say_email(std::string_view address, std::string_view language);

/// The same with the name before the @ letter by letter, and the rest too unless
/// everybody knows it (`gmail dot com`).
std::string spell_email(std::string_view address, std::string_view language);

/// `Ravi Kumar: R, A, V, I; K, U, M, A, R`. Names in other letters are said only.
std::string spell_name(std::string_view name);

/// Reads `2026-11-21`; nothing when there is no such day.
std::optional<std::chrono::year_month_day> parse_iso_date(std::string_view iso);

} // namespace caly
