#include "actors/model/brain_kind.hpp"

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

} // namespace caly
