#include "actors/model/phone_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace caly {

namespace {

constexpr std::size_t digits_max = 18;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_separator(char c) {
  return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '\t' ||
         c == '[' || c == ']';
}

/// Reads ASCII; `dots` says whether a dot is a separator here.
/// Answers false at the first byte that needs a closer look.
bool read_plain(std::string_view text, bool dots, phone_text& out) {
  for (const char c : text) {
    if (is_digit(c)) {
      if (c == '0' && out.count == 0) {
        ++out.zeros;
        if (out.zeros > digits_max)
          return false;
      } else {
        if (out.count == digits_max)
          return false;
        out.value = out.value * 10 + static_cast<std::uint64_t>(c - '0');
        ++out.count;
      }
    } else if (c == '+') {
      if (out.plus || out.count + out.zeros > 0)
        return false;
      out.plus = true;
    } else if (!is_separator(c) || (c == '.' && !dots)) {
      return false;
    }
  }
  out.kind =
      out.count + out.zeros > 0 ? phone_text::shape::digits : phone_text::shape::nothing;
  return true;
}

/// First code points of the decimal digits of other scripts: Arabic, Persian, N'Ko,
/// Devanagari, Bengali, Gurmukhi, Gujarati, Odia, Tamil, Telugu, Kannada, Malayalam,
/// Sinhala, Thai, Lao, Tibetan, Myanmar, Khmer, Mongolian, full width, mathematical.
constexpr std::array<char32_t, 25> digit_zeros = {
    0x0660, 0x06f0, 0x07c0,  0x0966,  0x09e6,  0x0a66,  0x0ae6, 0x0b66, 0x0be6,
    0x0c66, 0x0ce6, 0x0d66,  0x0de6,  0x0e50,  0x0ed0,  0x0f20, 0x1040, 0x17e0,
    0x1810, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6};

/// The ASCII character that stands for a code point, 0 for "leave it out" and '?' for
/// "no telephone number contains this".
char to_ascii(char32_t c) {
  for (const auto zero : digit_zeros)
    if (c >= zero && c < zero + 10)
      return static_cast<char>('0' + (c - zero));
  const bool invisible = (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
                         (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0x00ad ||
                         c == 0x061c || c == 0x180e;
  if (invisible)
    return 0;
  const bool space = c == 0x00a0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
                     c == 0x205f || c == 0x3000;
  if (space)
    return ' ';
  const bool dash = (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xff0d ||
                    c == 0xfe63 || c == 0x00b7 || c == 0x2022 || c == 0x30fb;
  if (dash)
    return '-';
  switch (c) {
  case 0xff0b:
  case 0xfe62:
    return '+';
  case 0xff08:
    return '(';
  case 0xff09:
    return ')';
  case 0xff0e:
    return '.';
  case 0x2018:
  case 0x2019:
  case 0x00b4:
    return '\'';
  case 0x201c:
  case 0x201d:
    return '"';
  default:
    return '?';
  }
}

/// The next code point of UTF-8 text; broken bytes become U+FFFD. Advances `at`.
char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80)
    return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (more == 0)
    return 0xfffd;
  char32_t c = first & (0x3fu >> more);
  for (int i = 0; i < more; ++i) {
    if (at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80)
      return 0xfffd;
    c = (c << 6) | (static_cast<unsigned char>(text[at++]) & 0x3fu);
  }
  return c;
}

/// ASCII text of bounded length.
struct short_text {
  std::array<char, 64> chars;
  std::size_t size = 0;

  std::string_view view() const { return {chars.data(), size}; }
};

/// False when the text is longer than any telephone number with its decoration.
bool fold_to_ascii(std::string_view text, short_text& out) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = next_code_point(text, at);
    const char ascii = c < 0x80 ? static_cast<char>(c) : to_ascii(c);
    if (ascii == 0)
      continue;
    if (out.size == out.chars.size())
      return false;
    out.chars[out.size++] = ascii;
  }
  return true;
}

std::string_view trim_spaces(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// Takes off what spreadsheets and exports put around a number: `'`, `="…"`, `tel:`,
/// `p:` (lead forms) and `whatsapp:`.
std::string_view unwrap(std::string_view text) {
  text = trim_spaces(text);
  if (text.starts_with('\''))
    text.remove_prefix(1);
  if (text.starts_with("=\"") && text.ends_with('"') && text.size() > 2)
    text = text.substr(2, text.size() - 3);
  else if (text.size() > 1 && text.starts_with('"') && text.ends_with('"'))
    text = text.substr(1, text.size() - 2);
  for (const std::string_view prefix : {"tel:", "p:", "whatsapp:"}) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    if (text.size() >= prefix.size() &&
        std::equal(prefix.begin(), prefix.end(), text.begin(), same))
      text.remove_prefix(prefix.size());
  }
  text = trim_spaces(text);
  if (text.starts_with('\''))
    text.remove_prefix(1);
  return text;
}

/// Reads d.dddE+dd. Answers false when the text has another form.
bool read_scientific(std::string_view text, phone_text& out) {
  std::size_t at = text.starts_with('+') ? 1 : 0;
  const auto digits_from = [&](std::size_t from) {
    while (from < text.size() && is_digit(text[from]))
      ++from;
    return from;
  };
  const auto whole_end = digits_from(at);
  const auto whole = text.substr(at, whole_end - at);
  at = whole_end;
  std::string_view fraction;
  if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
    const auto end = digits_from(at + 1);
    fraction = text.substr(at + 1, end - at - 1);
    at = end;
  }
  if (whole.size() != 1 || at >= text.size() || (text[at] | 0x20) != 'e')
    return false;
  ++at;
  if (at < text.size() && text[at] == '+')
    ++at;
  const auto exponent = text.substr(at);
  if (exponent.empty() || exponent.size() > 2 || digits_from(at) != text.size())
    return false;
  std::size_t power = 0;
  for (const char c : exponent)
    power = power * 10 + static_cast<std::size_t>(c - '0');
  out = phone_text{};
  if (fraction.size() != power || power + 1 > digits_max) {
    out.kind = phone_text::shape::scientific;
    return true;
  }
  return read_plain(whole, false, out) && read_plain(fraction, false, out);
}

/// 9876543210.0, as data tools write a number that they took for a measurement.
std::string_view without_decimals(std::string_view text) {
  const auto dot = text.find('.');
  if (dot == std::string_view::npos || dot < 10 || text.size() - dot > 3 ||
      text.size() - dot < 2)
    return text;
  const auto whole = text.substr(0, dot);
  const auto decimals = text.substr(dot + 1);
  const bool number =
      std::all_of(whole.begin() + (whole.front() == '+'), whole.end(), is_digit) &&
      std::all_of(decimals.begin(), decimals.end(), [](char c) { return c == '0'; });
  return number ? whole : text;
}

phone_text of_kind(phone_text::shape kind) {
  phone_text result;
  result.kind = kind;
  return result;
}

} // namespace

phone_text read_phone_text(std::string_view text) noexcept {
  using shape = phone_text::shape;
  phone_text result;
  if (read_plain(text, false, result))
    return result;
  short_text folded;
  if (!fold_to_ascii(text, folded))
    return of_kind(shape::letters);
  const auto bare = without_decimals(unwrap(folded.view()));
  result = phone_text{};
  if (read_scientific(bare, result))
    return result;
  result = phone_text{};
  if (read_plain(bare, true, result))
    return result;
  if (std::none_of(bare.begin(), bare.end(), is_digit))
    return of_kind(shape::nothing);
  const auto digits = std::count_if(bare.begin(), bare.end(), is_digit);
  const auto odd = [](char c) { return !is_digit(c) && !is_separator(c) && c != '+'; };
  const auto first_odd = std::find_if(bare.begin(), bare.end(), odd);
  if (first_odd == bare.end())
    return of_kind(digits > 15 ? shape::too_many : shape::several);
  constexpr std::string_view between = "/,;|&\n\r";
  return of_kind(between.find(*first_odd) == between.npos ? shape::letters
                                                          : shape::several);
}

} // namespace caly
