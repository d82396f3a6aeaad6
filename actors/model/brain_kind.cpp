#include "actors/model/brain_kind.hpp"

#include <array>

namespace caly {

namespace {

constexpr std::array<std::string_view, 5> names{
    "realtime", "cascade", "relay", "gather", "embedded"};

} // namespace

std::string to_string(brain_kind kind) {
  return std::string{names.at(static_cast<std::size_t>(kind))};
}

std::optional<brain_kind> parse_brain_kind(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name)
      return static_cast<brain_kind>(i);
  return std::nullopt;
}

std::optional<brain_kind> nearest_brain(brain_kind wanted,
                                        const std::set<brain_kind>& able,
                                        const std::set<brain_kind>& possible) {
  for (std::size_t step = 0; step < names.size(); ++step) {
    const auto next =
        static_cast<brain_kind>((static_cast<std::size_t>(wanted) + step) % names.size());
    if (able.contains(next) && possible.contains(next))
      return next;
  }
  return std::nullopt;
}

} // namespace caly
