#include "net/media/flat_json.hpp"

#include <array>
#include <cstring>

namespace caly {

namespace {

constexpr std::array<bool, 256> base64_table() {
  std::array<bool, 256> table{};
  for (const auto c : std::string_view{
           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"})
    table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr auto is_base64 = base64_table();

std::size_t padding_of(std::string_view text) noexcept {
  return text.ends_with("==") ? 2 : static_cast<std::size_t>(text.ends_with("="));
}

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

} // namespace

flat_reader::flat_reader(std::string_view object) : text_{object} {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != '{')
    broken_ = true;
  ++at_;
}

void flat_reader::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_]))
    ++at_;
}

bool flat_reader::read_string(std::string_view& out, bool& escaped) {
  if (at_ >= text_.size() || text_[at_] != '"')
    return false;
  const auto begin = ++at_;
  escaped = false;
  for (;;) {
    const auto* found = static_cast<const char*>(
        std::memchr(text_.data() + at_, '"', text_.size() - at_));
    if (found == nullptr)
      return false;
    const auto end = static_cast<std::size_t>(found - text_.data());
    const auto has_backslash =
        std::memchr(text_.data() + at_, '\\', end - at_) != nullptr;
    escaped = escaped || has_backslash;
    at_ = end + 1;
    if (has_backslash) {
      // The quote is part of the text after an odd number of backslashes.
      std::size_t backslashes = 0;
      while (end - backslashes > begin && text_[end - backslashes - 1] == '\\')
        ++backslashes;
      if (backslashes % 2 == 1)
        continue;
    }
    out = text_.substr(begin, end - begin);
    return true;
  }
}

bool flat_reader::read_nested(std::string_view& out) {
  const auto begin = at_;
  int depth = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '"') {
      std::string_view ignored;
      bool escaped = false;
      if (!read_string(ignored, escaped))
        return false;
      continue;
    }
    ++at_;
    if (c == '{' || c == '[')
      ++depth;
    else if ((c == '}' || c == ']') && --depth == 0) {
      out = text_.substr(begin, at_ - begin);
      return true;
    }
  }
  return false;
}

bool flat_reader::next(flat_member& member) {
  const auto fail = [this] {
    broken_ = true;
    return false;
  };
  if (broken_ || complete_)
    return false;
  skip_space();
  if (at_ >= text_.size())
    return fail();
  if (text_[at_] == '}') {
    ++at_;
    skip_space();
    complete_ = at_ == text_.size();
    return false;
  }
  if (!first_) {
    if (text_[at_] != ',')
      return fail();
    ++at_;
    skip_space();
  }
  first_ = false;
  bool key_escaped = false;
  if (!read_string(member.key, key_escaped) || key_escaped)
    return fail();
  skip_space();
  if (at_ >= text_.size() || text_[at_] != ':')
    return fail();
  ++at_;
  skip_space();
  if (at_ >= text_.size())
    return fail();
  member.escaped = false;
  const char c = text_[at_];
  if (c == '"') {
    member.type = flat_member::kind::string;
    return read_string(member.value, member.escaped) || fail();
  }
  if (c == '{' || c == '[') {
    member.type = flat_member::kind::nested;
    return read_nested(member.value) || fail();
  }
  const auto begin = at_;
  while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}' &&
         !is_space(text_[at_]))
    ++at_;
  if (at_ == begin)
    return fail();
  member.value = text_.substr(begin, at_ - begin);
  member.type = c == '-' || (c >= '0' && c <= '9') ? flat_member::kind::number
                                                   : flat_member::kind::literal;
  return true;
}

std::optional<std::size_t> base64_bytes(std::string_view text) noexcept {
  if (text.size() % 4 != 0)
    return std::nullopt;
  bool good = true;
  for (const auto c : text.substr(0, text.size() - padding_of(text)))
    good &= is_base64[static_cast<unsigned char>(c)];
  if (!good)
    return std::nullopt;
  return base64_size(text);
}

std::size_t base64_size(std::string_view text) noexcept {
  return text.size() / 4 * 3 - padding_of(text);
}

bool is_plain_id(std::string_view text) noexcept {
  if (text.empty() || text.size() > 128)
    return false;
  for (const auto c : text)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
          c == '_' || c == '-' || c == '.'))
      return false;
  return true;
}

} // namespace caly
