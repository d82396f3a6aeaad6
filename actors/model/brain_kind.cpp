#include "actors/model/brain_kind.hpp"

#include <algorithm>
#include <array>

namespace caly {

namespace {

constexpr std::array<std::string_view, 4> names{"realtime", "cascade", "relay", "gather"};

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
                                        const std::vector<brain_kind>& able,
                                        const std::vector<brain_kind>& possible) {
  for (std::size_t step = 0; step < names.size(); ++step) {
    const auto next =
        static_cast<brain_kind>((static_cast<std::size_t>(wanted) + step) % names.size());
    if (std::ranges::find(able, next) != able.end() &&
        std::ranges::find(possible, next) != possible.end())
      return next;
  }
  return std::nullopt;
}

} // namespace caly
