#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Reads `500ms`, `5s`, `10min`, `12h` or `30d`; a number without a unit is `nullopt`.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// The shortest exact form that `parse_duration` reads.
std::string format_duration(std::chrono::milliseconds value);

/// Rounded up: what is not zero stays so.
constexpr std::chrono::seconds whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time);
}

/// Reads `512B`, `64KiB`, `20MiB` or `1GiB`; a number without a unit is `nullopt`.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
std::string format_bytes(std::uint64_t value);

/// `name=value` each, as settings that are lists spell pairs; nothing for another form or
/// a name that is not of letters.
std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text);
/// Of the texts that `parse_pair` reads.
std::map<std::string, std::string, std::less<>>
pairs_of(const std::vector<std::string>& texts);

/// The candidate that a person most likely meant by `word`, or nothing when none is near.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

} // namespace caly
