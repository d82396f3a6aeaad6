#include "actors/api/answering.hpp"

#include <array>

namespace caly {

std::string to_string(answerer who) {
  constexpr std::array<std::string_view, 6> names{
      "unknown", "human", "voicemail", "menu", "screening", "announcement"};
  return std::string{names.at(static_cast<std::size_t>(who))};
}

bool are_keys(std::string_view keys) {
  return keys.size() <= 32 &&
         keys.find_first_not_of("0123456789*#w") == std::string_view::npos &&
         keys.find_first_not_of('w') != std::string_view::npos;
}

} // namespace caly
