#include "net/providers/xml_text.hpp"

#include "net/media/ws_frames.hpp"

namespace caly {

std::string xml_escaped(std::string_view text) {
  const auto broken = !is_utf8(text);
  std::string out;
  out.reserve(text.size());
  for (const char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    case '\'':
      out += "&apos;";
      break;
    default:
      if (!broken || static_cast<unsigned char>(c) < 0x80)
        out += c;
    }
  return out;
}

} // namespace caly
