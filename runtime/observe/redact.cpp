#include "runtime/observe/redact.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>

namespace caly {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Letters of base64, base64url and of most providers' keys.
bool is_token(char c) {
  return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '~' || c == '+' ||
         c == '/' || c == '=';
}

bool is_key(char c) {
  return is_alnum(c) || c == '_' || c == '-';
}

/// How far an `@` looks for the beginning of what stands before it.
constexpr std::size_t look_back_max = 256;

/// Names whose values never show. Compared with the end of the name: `auth_token`.
constexpr std::array<std::string_view, 6> secret_names{
    "password", "secret", "token", "api_key", "apikey", "authorization"};

/// One pass over the text; every `try_` function looks at `at_`, and either copies a
/// masked form and moves on, or answers false and leaves everything as it was.
class redactor {
public:
  explicit redactor(std::string_view text) : text_{text} { out_.reserve(text.size()); }

  std::string run() && {
    while (at_ < text_.size()) {
      if (try_control() || try_plain())
        continue;
      if (try_at() || try_phone() || try_national_phone() || try_scheme("bearer ") ||
          try_scheme("basic ") || try_key() || try_account() || try_jwt() ||
          try_named_secret())
        continue;
      out_ += text_[at_++];
    }
    return std::move(out_);
  }

private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  bool at_word_start() const { return at_ == 0 || !is_alnum(text_[at_ - 1]); }

  template <class Predicate>
  std::size_t run_length(std::size_t from, Predicate matches) const {
    auto end = from;
    while (end < text_.size() && matches(text_[end]))
      ++end;
    return end - from;
  }

  bool mask(std::size_t length) {
    out_ += "[secret]";
    at_ += length;
    return true;
  }

  /// White space, C0, DEL and C1 (two bytes in UTF-8) would move a terminal's cursor.
  bool try_control() {
    const auto c = static_cast<unsigned char>(peek());
    const auto next = static_cast<unsigned char>(peek(1));
    const auto c1 = c == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (c >= 0x20 && c != 0x7f && !c1)
      return false;
    out_ += ' ';
    at_ += c1 ? 2 : 1;
    return true;
  }

  /// Letters inside of a word begin nothing that could be a secret.
  bool try_plain() {
    const auto c = peek();
    if (c == '+' || c == '=' || c == ':' || c == '%' || c == '@' ||
        (is_alnum(c) && at_word_start()))
      return false;
    out_ += c;
    ++at_;
    return true;
  }

  /// `://user:password@` and `name@host.tld`, whose first parts are written already.
  bool try_at() {
    if (peek() != '@')
      return false;
    auto begin = out_.size();
    const auto first = begin - std::min(begin, look_back_max);
    while (begin > first && out_[begin - 1] > ' ' && out_[begin - 1] != '/')
      --begin;
    if (begin == out_.size() || !std::string_view{out_}.substr(0, begin).ends_with("://"))
      return try_mail();
    out_.resize(begin);
    mask(1);
    out_ += '@';
    return true;
  }

  bool try_mail() {
    auto begin = out_.size();
    const auto first = begin - std::min(begin, look_back_max);
    while (begin > first && (is_key(out_[begin - 1]) || out_[begin - 1] == '.' ||
                             out_[begin - 1] == '+' || out_[begin - 1] == '%'))
      --begin;
    const auto length =
        run_length(at_ + 1, [](char c) { return is_alnum(c) || c == '.' || c == '-'; });
    const auto host = text_.substr(at_ + 1, length);
    const auto dot = host.rfind('.');
    if (begin == out_.size() || dot == 0 || dot == std::string_view::npos ||
        dot + 2 >= host.size())
      return false;
    out_.resize(begin + 1);
    out_ += "***@";
    out_ += host[0];
    out_ += "***";
    out_ += host.substr(dot);
    at_ += 1 + length;
    return true;
  }

  void mask_digits(std::string_view digits) {
    out_ += digits.substr(0, 2);
    out_.append(digits.size() - 6, '*');
    out_ += digits.substr(digits.size() - 4);
  }

  /// `+919876543210`, `%2B9198…`, `+91 98765-43210`: eight digits at least.
  bool try_phone() {
    std::size_t from = 0;
    if (peek() == '+')
      from = 1;
    else if (peek() == '%' && peek(1) == '2' && (peek(2) == 'B' || peek(2) == 'b'))
      from = 3;
    else
      return false;
    auto end = at_ + from;
    auto group = run_length(end, is_digit);
    std::string digits{text_.substr(end, group)};
    end += group;
    // A number in groups ends where one more group would be too much for it.
    const auto grouped = group < 8;
    while (grouped && group > 0 && end + 1 < text_.size() &&
           (text_[end] == ' ' || text_[end] == '-')) {
      group = run_length(end + 1, is_digit);
      if (digits.size() + group > 15)
        break;
      digits += text_.substr(end + 1, group);
      end += group > 0 ? group + 1 : 0;
    }
    if (digits.size() < 8)
      return false;
    out_ += '+';
    mask_digits(digits);
    at_ = end;
    return true;
  }

  /// Indian numbers without a plus, in the forms that CSV files and carriers use.
  bool try_national_phone() {
    const auto length = is_digit(peek()) ? run_length(at_, is_digit) : 0;
    if (length < 10 || length > 14 || (at_ > 0 && text_[at_ - 1] == '.') ||
        is_alnum(peek(length)))
      return false;
    const auto digits = text_.substr(at_, length);
    const auto mobile = [&](std::string_view prefix) {
      return length == prefix.size() + 10 && digits.starts_with(prefix) &&
             digits[prefix.size()] >= '6';
    };
    if (!mobile("") && !mobile("0") && !mobile("91") && !mobile("0091"))
      return false;
    mask_digits(digits);
    at_ += length;
    return true;
  }

  bool try_scheme(std::string_view scheme) {
    if (!iequals(text_.substr(at_, scheme.size()), scheme))
      return false;
    const auto length = run_length(at_ + scheme.size(), is_token);
    if (length < 8)
      return false;
    out_ += text_.substr(at_, scheme.size());
    at_ += scheme.size();
    return mask(length);
  }

  /// `sk-…` of OpenAI and its like.
  bool try_key() {
    if (!text_.substr(at_).starts_with("sk-"))
      return false;
    const auto length = run_length(at_, is_key);
    return length >= 11 && mask(length);
  }

  /// Twilio's account and key ids: two letters and 32 hex digits.
  bool try_account() {
    const auto prefix = text_.substr(at_, 2);
    if (prefix != "AC" && prefix != "SK")
      return false;
    return run_length(at_ + 2, is_hex) == 32 && !is_alnum(peek(34)) && mask(34);
  }

  bool try_jwt() {
    if (!text_.substr(at_).starts_with("eyJ"))
      return false;
    const auto head = run_length(at_, is_key);
    if (peek(head) != '.')
      return false;
    const auto body = run_length(at_ + head + 1, is_key);
    if (body == 0 || peek(head + 1 + body) != '.')
      return false;
    return mask(head + body + 2 + run_length(at_ + head + body + 2, is_key));
  }

  /// `password=…`, `"token":"…"`, `auth_token: …`.
  bool try_named_secret() {
    if (peek() != '=' && peek() != ':')
      return false;
    auto name = text_.substr(0, at_);
    if (name.ends_with('"'))
      name.remove_suffix(1);
    auto begin = name.size();
    while (begin > 0 && is_key(name[begin - 1]))
      --begin;
    const auto word = to_lower(name.substr(begin));
    const auto secret = std::any_of(secret_names.begin(),
                                    secret_names.end(),
                                    [&](auto each) { return word.ends_with(each); });
    if (!secret)
      return false;
    auto from = at_ + 1;
    from += run_length(from, [](char c) { return c == ' ' || c == '"'; });
    const auto length = run_length(from, [](char c) {
      return c > ' ' && c != '"' && c != '&' && c != ',' && c != '}' && c != ';';
    });
    if (length == 0)
      return false;
    if (try_scheme_after(from))
      return true;
    out_ += text_.substr(at_, from - at_);
    at_ = from;
    return mask(length);
  }

  /// `Authorization: Bearer …` keeps the scheme's name.
  bool try_scheme_after(std::size_t from) {
    const auto here = at_;
    const auto written = out_.size();
    out_ += text_.substr(at_, from - at_);
    at_ = from;
    if (try_scheme("bearer ") || try_scheme("basic "))
      return true;
    at_ = here;
    out_.resize(written);
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

} // namespace

std::string redacted(std::string_view text) {
  return redactor{text}.run();
}

} // namespace caly
