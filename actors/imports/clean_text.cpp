#include "actors/imports/clean_text.hpp"

#include "actors/imports/text_decoder.hpp"

#include <algorithm>

namespace caly {

namespace {

/// Zero-width joiners (U+200C, U+200D) stay: Indian scripts need them.
bool is_hidden(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x00ad || c == 0x061c ||
         c == 0x200b || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe007f);
}

bool is_space(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x00a0 ||
         c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
         c == 0x202f || c == 0x205f || c == 0x3000;
}

/// Plain ASCII with single spaces inside, as most names are.
bool is_clean(std::string_view text) {
  char before = ' ';
  for (const char c : text) {
    if (c < ' ' || c > '~' || (c == ' ' && before == ' '))
      return false;
    before = c;
  }
  return before != ' ';
}

} // namespace

bool clean_name(std::string_view text, std::string& out) {
  if (is_clean(text)) {
    out = text;
    return false;
  }
  out.clear();
  bool gap = false;
  bool removed = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_code_point(text, at);
    if (is_space(c)) {
      gap = !out.empty();
    } else if (is_hidden(c)) {
      removed = true;
    } else {
      if (gap)
        out += ' ';
      gap = false;
      append_utf8(out, c);
    }
  }
  return removed;
}

bool begins_like_formula(std::string_view cell) noexcept {
  std::size_t at = 0;
  while (at < cell.size()) {
    const char c = cell[at];
    if (c == '\t' || c == '\r' || c == '\n')
      return true;
    if (c != ' ' && c != '"' && c != '\'')
      break;
    ++at;
  }
  cell.remove_prefix(at);
  if (cell.empty())
    return false;
  constexpr std::string_view starters = "=+-@;|";
  if (starters.find(cell.front()) != starters.npos)
    return true;
  for (const std::string_view wide : {"\uff1d", "\uff0b", "\uff0d", "\uff20"})
    if (cell.starts_with(wide))
      return true;
  return false;
}

bool is_suspicious_formula(std::string_view cell) noexcept {
  if (cell.empty() || !begins_like_formula(cell))
    return false;
  constexpr std::string_view of_numbers = "+-0123456789 .,()%/:";
  return cell.find_first_not_of(of_numbers) != cell.npos;
}

} // namespace caly
