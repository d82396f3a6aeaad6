#include "net/media/heard_part.hpp"

#include <algorithm>

namespace caly {

std::string heard_part(std::string_view text, std::int64_t part, std::int64_t whole) {
  if (part <= 0 || whole <= 0)
    return {};
  if (part >= whole)
    return std::string{text};
  auto end =
      static_cast<std::size_t>(static_cast<std::int64_t>(text.size()) * part / whole);
  // Back to the end of a word; a text that has no spaces at all is cut between letters.
  const auto space = text.find_last_of(" \n", end);
  if (space != std::string_view::npos)
    end = space;
  else if (text.find_first_of(" \n") != std::string_view::npos)
    end = 0;
  else
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
      --end;
  return std::string{text.substr(0, end)};
}

} // namespace caly
