#include "config/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <numeric>

namespace caly {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

// Largest first, so that formatting takes the largest unit that divides the value.
constexpr std::array<unit, 5> durations{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}}};
constexpr std::array<unit, 4> sizes{
    {{"GiB", 1ull << 30}, {"MiB", 1ull << 20}, {"KiB", 1ull << 10}, {"B", 1}}};

template <std::size_t N>
std::optional<std::uint64_t> parse_with_unit(std::string_view text,
                                             const std::array<unit, N>& units) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{})
    return std::nullopt;
  const std::string_view suffix{rest, static_cast<std::size_t>(end - rest)};
  for (const auto& unit : units)
    if (suffix == unit.name) {
      const auto limit = std::numeric_limits<std::int64_t>::max() / unit.factor;
      return number <= limit ? std::optional{number * unit.factor} : std::nullopt;
    }
  return std::nullopt;
}

template <std::size_t N>
std::string format_with_unit(std::uint64_t value, const std::array<unit, N>& units) {
  for (const auto& unit : units)
    if (value != 0 && value % unit.factor == 0)
      return std::to_string(value / unit.factor) + std::string{unit.name};
  return "0" + std::string{units.back().name};
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> previous(b.size() + 1), current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), 0u);
  for (std::size_t i = 0; i < a.size(); ++i) {
    current[0] = i + 1;
    for (std::size_t k = 0; k < b.size(); ++k)
      current[k + 1] = std::min(
          {previous[k + 1] + 1, current[k] + 1, previous[k] + (a[i] == b[k] ? 0u : 1u)});
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::string_view last_part(std::string_view name) {
  return name.substr(name.rfind('.') + 1);
}

} // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse_with_unit(text, durations);
  if (!value)
    return std::nullopt;
  return std::chrono::milliseconds{static_cast<std::int64_t>(*value)};
}

std::string format_duration(std::chrono::milliseconds value) {
  return format_with_unit(static_cast<std::uint64_t>(value.count()), durations);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  return parse_with_unit(text, sizes);
}

std::string format_bytes(std::uint64_t value) {
  return format_with_unit(value, sizes);
}

std::optional<std::pair<std::string, std::string>> parse_pair(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    return std::nullopt;
  const auto name = text.substr(0, equals);
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  if (!std::ranges::all_of(name, letter))
    return std::nullopt;
  return std::pair{std::string{name}, std::string{text.substr(equals + 1)}};
}

std::map<std::string, std::string, std::less<>>
pairs_of(const std::vector<std::string>& texts) {
  std::map<std::string, std::string, std::less<>> out;
  for (const auto& text : texts)
    if (auto pair = parse_pair(text))
      out.insert(std::move(*pair));
  return out;
}

std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  // Long enough for any real name; what is longer is not a typing error of one.
  if (word.empty() || word.size() > 100)
    return std::nullopt;
  std::optional<std::string> best;
  auto best_distance = std::max<std::size_t>(2, word.size() / 4) + 1;
  for (const auto& candidate : candidates) {
    auto distance = edit_distance(word, candidate);
    // The right name in the wrong section.
    if (word.find('.') != word.npos && last_part(word) == last_part(candidate))
      distance = std::min<std::size_t>(distance, 2);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

} // namespace caly
