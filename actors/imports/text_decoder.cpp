#include "actors/imports/text_decoder.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace caly {

namespace {

unsigned char byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

/// Offset of the first byte that is not ASCII.
std::size_t ascii_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, 8);
    if ((word & 0x8080808080808080ull) != 0)
      break;
  }
  while (at < text.size() && byte_at(text, at) < 0x80)
    ++at;
  return at;
}

/// Length of the valid sequence at `at`; 0 when it is broken, -1 when the text ends
/// inside a sequence that is right so far.
int sequence_length(std::string_view text, std::size_t at) {
  const auto first = byte_at(text, at);
  if (first < 0x80)
    return 1;
  const int length = first >= 0xf0 && first <= 0xf4   ? 4
                     : first >= 0xe0 && first <= 0xef ? 3
                     : first >= 0xc2 && first <= 0xdf ? 2
                                                      : 0;
  if (length == 0)
    return 0;
  for (int i = 1; i < length; ++i) {
    if (at + static_cast<std::size_t>(i) >= text.size())
      return -1;
    const auto next = byte_at(text, at + static_cast<std::size_t>(i));
    // Overlong forms, surrogates and code points past U+10FFFF show in the second byte.
    const unsigned low = i > 1           ? 0x80
                         : first == 0xe0 ? 0xa0
                         : first == 0xf0 ? 0x90
                                         : 0x80;
    const unsigned high = i > 1           ? 0xbf
                          : first == 0xed ? 0x9f
                          : first == 0xf4 ? 0x8f
                                          : 0xbf;
    if (next < low || next > high)
      return 0;
  }
  return length;
}

struct utf8_scan {
  std::size_t valid = 0;    ///< Sequences of several bytes that are right.
  std::size_t broken = 0;   ///< Bytes that belong to none.
  std::size_t complete = 0; ///< Bytes before a sequence that the end divides.
};

utf8_scan scan_utf8(std::string_view text) {
  utf8_scan result;
  std::size_t at = 0;
  while (at < text.size()) {
    at += ascii_length(text.substr(at));
    if (at == text.size())
      break;
    const int length = sequence_length(text, at);
    if (length < 0)
      break;
    if (length == 0) {
      ++result.broken;
      ++at;
    } else {
      ++result.valid;
      at += static_cast<std::size_t>(length);
    }
  }
  result.complete = at;
  return result;
}

/// 0x80 … 0x9f of Windows-1252; the rest of the upper half is that of Unicode.
constexpr std::array<char32_t, 32> windows_1252_controls = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
    0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d,   0x017d, 0x8f,
    0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};

void append_windows_1252(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto plain = ascii_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    for (; !text.empty() && byte_at(text, 0) >= 0x80; text.remove_prefix(1)) {
      const auto byte = byte_at(text, 0);
      append_utf8(out, byte < 0xa0 ? windows_1252_controls[byte - 0x80] : byte);
    }
  }
}

/// What files that people upload by mistake begin with.
std::string_view known_format(std::string_view start) {
  using namespace std::string_view_literals;
  if (start.starts_with("PK\x03\x04"sv))
    return "an Excel workbook or another zip archive; save the sheet as CSV";
  if (start.starts_with("\xd0\xcf\x11\xe0"sv))
    return "an old Excel workbook; save the sheet as CSV";
  if (start.starts_with("%PDF"sv))
    return "a PDF document";
  if (start.starts_with("\x89PNG"sv) || start.starts_with("\xff\xd8\xff"sv) ||
      start.starts_with("GIF8"sv))
    return "a picture";
  if (start.starts_with("\x1f\x8b"sv))
    return "a gzip archive; unpack it first";
  if (start.starts_with("\xff\xfe\0\0"sv) || start.starts_with("\0\0\xfe\xff"sv))
    return "UTF-32 text; save the file as UTF-8";
  return {};
}

constexpr std::string_view binary = "not text but binary data";

/// UTF-16 without a mark: zero bytes in one of twenty pairs, and hardly any on
/// the other side.
text_encoding guess_utf16(std::string_view start) {
  const auto sample = start.substr(0, 4096);
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < sample.size(); ++i)
    zeros[i % 2] += sample[i] == '\0' ? 1 : 0;
  const auto enough = std::max<std::size_t>(sample.size() / 40, 1);
  if (zeros[1] > enough && zeros[0] * 4 < zeros[1])
    return text_encoding::utf16_le;
  if (zeros[0] > enough && zeros[1] * 4 < zeros[0])
    return text_encoding::utf16_be;
  return text_encoding::undecided;
}

bool many_controls(std::string_view start) {
  std::size_t count = 0;
  for (const char c : start)
    count += static_cast<unsigned char>(c) < 0x20 && (c < '\t' || c > '\r') ? 1 : 0;
  return count > 3 && count * 50 > start.size();
}

} // namespace

std::string_view to_string(text_encoding encoding) noexcept {
  switch (encoding) {
  case text_encoding::utf16_le:
    return "UTF-16LE";
  case text_encoding::utf16_be:
    return "UTF-16BE";
  case text_encoding::windows_1252:
    return "windows-1252";
  default:
    return "UTF-8";
  }
}

bool is_valid_utf8(std::string_view text) noexcept {
  const auto scan = scan_utf8(text);
  return scan.broken == 0 && scan.complete == text.size();
}

char32_t next_code_point(std::string_view text, std::size_t& at) noexcept {
  const int length = sequence_length(text, at);
  if (length <= 0) {
    ++at;
    return 0xfffd;
  }
  const auto first = byte_at(text, at++);
  if (length == 1)
    return first;
  char32_t c = first & (0x7fu >> length);
  for (int i = 1; i < length; ++i)
    c = (c << 6) | (byte_at(text, at++) & 0x3fu);
  return c;
}

std::string to_valid_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();)
    append_utf8(out, next_code_point(text, at));
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80 | ((c >> shift) & 0x3f));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    tail(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool text_decoder::refuse(std::string_view why) {
  refusal_ = why;
  return false;
}

bool text_decoder::inspect_start(std::string_view& block) {
  using namespace std::string_view_literals;
  if (const auto format = known_format(block); !format.empty())
    return refuse(format);
  if (block.starts_with("\xef\xbb\xbf"sv)) {
    encoding_ = text_encoding::utf8_bom;
    block.remove_prefix(3);
  } else if (block.starts_with("\xff\xfe"sv) || block.starts_with("\xfe\xff"sv)) {
    encoding_ = block[0] == '\xff' ? text_encoding::utf16_le : text_encoding::utf16_be;
    block.remove_prefix(2);
  } else {
    encoding_ = guess_utf16(block);
  }
  const bool wide =
      encoding_ == text_encoding::utf16_le || encoding_ == text_encoding::utf16_be;
  if (!wide && many_controls(block))
    return refuse(binary);
  return true;
}

bool text_decoder::decode(std::string_view block, bool last, std::string& out) {
  if (!started_ && !block.empty()) {
    started_ = true;
    if (!inspect_start(block))
      return false;
  }
  const bool wide =
      encoding_ == text_encoding::utf16_le || encoding_ == text_encoding::utf16_be;
  return wide ? decode_utf16(block, last, out) : decode_bytes(block, last, out);
}

bool text_decoder::decode_bytes(std::string_view block, bool last, std::string& out) {
  if (block.find('\0') != std::string_view::npos)
    return refuse(binary);
  if (encoding_ == text_encoding::windows_1252) {
    append_windows_1252(out, block);
    return true;
  }
  if (carry_.empty() && encoding_ == text_encoding::undecided &&
      ascii_length(block) == block.size()) {
    out.append(block);
    return true;
  }
  std::string joined;
  if (!carry_.empty()) {
    joined = carry_;
    joined.append(block);
    carry_.clear();
    block = joined;
  }
  const auto scan = scan_utf8(block);
  const bool divided = scan.complete < block.size();
  if (encoding_ == text_encoding::undecided) {
    const std::size_t cut_off = divided && last ? 1 : 0;
    if (scan.broken + cut_off > scan.valid) {
      encoding_ = text_encoding::windows_1252;
      append_windows_1252(out, block);
      return true;
    }
    if (scan.valid > 0)
      encoding_ = text_encoding::utf8;
  }
  const auto end = last ? block.size() : scan.complete;
  out.append(block.substr(0, end));
  carry_.assign(block.substr(end));
  return true;
}

bool text_decoder::decode_utf16(std::string_view block, bool last, std::string& out) {
  // A byte that no UTF-8 text holds marks what cannot be converted.
  constexpr char broken = '\xff';
  std::string joined;
  if (!carry_.empty()) {
    joined = carry_;
    joined.append(block);
    carry_.clear();
    block = joined;
  }
  const bool little = encoding_ == text_encoding::utf16_le;
  std::size_t at = 0;
  for (; at + 2 <= block.size(); at += 2) {
    const auto low = byte_at(block, at + (little ? 0 : 1));
    const auto high = byte_at(block, at + (little ? 1 : 0));
    const char32_t unit = static_cast<char32_t>(high << 8 | low);
    if (unit == 0)
      return refuse(binary);
    if (unit >= 0xdc00 && unit <= 0xdfff) {
      if (high_surrogate_ == 0)
        out += broken;
      else
        append_utf8(out, 0x10000 + ((high_surrogate_ - 0xd800) << 10) + (unit - 0xdc00));
      high_surrogate_ = 0;
      continue;
    }
    if (high_surrogate_ != 0)
      out += broken;
    high_surrogate_ = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
    if (high_surrogate_ == 0)
      append_utf8(out, unit);
  }
  carry_.assign(block.substr(at));
  if (last && (high_surrogate_ != 0 || !carry_.empty()))
    out += broken;
  return true;
}

} // namespace caly
