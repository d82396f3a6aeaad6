#include "runtime/base/text.hpp"

#include <array>
#include <cstdint>

namespace caly {

namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> reverse(std::string_view letters) {
  std::array<std::int8_t, 256> table{};
  for (auto& each : table)
    each = -1;
  for (std::size_t i = 0; i < letters.size(); ++i)
    table[static_cast<unsigned char>(letters[i])] = static_cast<std::int8_t>(i);
  return table;
}

constexpr auto values = reverse(alphabet);
constexpr auto url_values = reverse(url_alphabet);

std::string encode(std::string_view bytes, std::string_view letters, bool pad) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  auto* to = out.data();
  const auto at = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  std::size_t i = 0;
  for (; i + 2 < bytes.size(); i += 3) {
    const auto bits = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    *to++ = letters[bits >> 18];
    *to++ = letters[bits >> 12 & 63];
    *to++ = letters[bits >> 6 & 63];
    *to++ = letters[bits & 63];
  }
  if (const auto rest = bytes.size() - i; rest > 0) {
    const auto bits = at(i) << 16 | (rest == 2 ? at(i + 1) << 8 : 0u);
    *to++ = letters[bits >> 18];
    *to++ = letters[bits >> 12 & 63];
    if (rest == 2)
      *to++ = letters[bits >> 6 & 63];
  }
  if (!pad)
    out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

bool decode(std::string_view text,
            const std::array<std::int8_t, 256>& table,
            std::string& out) {
  const auto rest = text.size() % 4;
  if (rest == 1)
    return false;
  out.resize(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1));
  auto* to = out.data();
  const auto value = [&](std::size_t i) {
    return std::int32_t{table[static_cast<unsigned char>(text[i])]};
  };
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    const auto one = value(i), two = value(i + 1), three = value(i + 2),
               four = value(i + 3);
    if ((one | two | three | four) < 0)
      return false;
    const auto bits = one << 18 | two << 12 | three << 6 | four;
    *to++ = static_cast<char>(bits >> 16);
    *to++ = static_cast<char>(bits >> 8);
    *to++ = static_cast<char>(bits);
  }
  if (rest == 0)
    return true;
  const auto one = value(i), two = value(i + 1), three = rest == 3 ? value(i + 2) : 0;
  if ((one | two | three) < 0)
    return false;
  const auto bits = one << 18 | two << 12 | three << 6;
  *to++ = static_cast<char>(bits >> 16);
  if (rest == 3)
    *to = static_cast<char>(bits >> 8);
  // Left-over bits must be zero, else two texts would mean the same bytes.
  return (bits & (rest == 3 ? 0xff : 0xffff)) == 0;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string to_lower(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    c = lower(c);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i]))
      return false;
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos)
      return parts;
    text.remove_prefix(at + 1);
  }
}

std::string to_base64(std::string_view bytes) {
  return encode(bytes, alphabet, true);
}

std::string to_base64url(std::string_view bytes) {
  return encode(bytes, url_alphabet, false);
}

bool from_base64(std::string_view text, std::string& out) {
  if (text.size() % 4 != 0)
    return false;
  if (text.ends_with("=="))
    text.remove_suffix(2);
  else if (text.ends_with('='))
    text.remove_suffix(1);
  return decode(text, values, out);
}

bool from_base64url(std::string_view text, std::string& out) {
  return decode(text, url_values, out);
}

std::string to_hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const auto c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size())
    return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i] ^ b[i]);
  return difference == 0;
}

std::string url_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
               hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string url_encode(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const auto c : text) {
    const auto plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' ||
                       c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::string one_line(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char c : text)
    if (const auto byte = static_cast<unsigned char>(c); byte >= 0x20 && byte != 0x7f)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  if (out.size() > bytes_max) {
    auto end = bytes_max;
    // Back to the first byte of a UTF-8 character.
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80)
      --end;
    out.resize(end);
  }
  return std::string{trim(out)};
}

} // namespace caly
