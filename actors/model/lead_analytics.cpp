#include "actors/model/lead_analytics.hpp"

namespace caly {

std::string cut_characters(std::string_view text, std::size_t chars_max) {
  std::size_t characters = 0, room = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80)
      continue;
    // Where the last character would begin: the mark of the cut goes there.
    if (characters + 1 == chars_max)
      room = i;
    if (++characters > chars_max)
      return std::string{text.substr(0, room)} + "…";
  }
  return std::string{text};
}

} // namespace caly
