#include "actors/model/slots/spelt_words.hpp"

#include "actors/model/speech/spoken_numbers.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <re2/re2.h>
#include <vector>

namespace caly {

namespace {

constexpr std::size_t heard_bytes_max = 500;
constexpr std::size_t letters_min = 3;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool is_letter(std::string_view word) {
  return word.size() == 1 && word.front() >= 'a' && word.front() <= 'z';
}

/// Words with which an address or a name does not begin.
bool is_lead(std::string_view word) {
  return is_one_of(
      word, {"is",    "its",  "it's", "email", "e-mail", "mail",     "id",   "address",
             "my",    "to",   "yes",  "no",    "the",    "hai",      "mera", "meri",
             "और",    "मेरा",  "मेरी",  "ईमेल",   "मेल",     "आईडी",     "है",    "that's",
             "thats", "nahi", "haan", "sorry", "please", "actually", "not"});
}

/// Small letters, one word each; punctuation within words stays.
std::vector<std::string> words_in(std::string_view heard) {
  std::vector<std::string> out;
  const auto lower = to_lower(heard.substr(0, heard_bytes_max));
  std::string text;
  for (const char c : lower)
    text +=
        c == ',' || c == ';' || c == '!' || c == '?' || c == '"' || c == '\n' ? ' ' : c;
  for (const auto word : words_of(text)) {
    std::string clean{word};
    while (!clean.empty() && clean.back() == '.')
      clean.pop_back();
    if (!clean.empty())
      out.push_back(std::move(clean));
  }
  return out;
}

/// "a for apple" is a; "double o" is oo.
std::vector<std::string> letters_joined(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool doubled = words[i] == "double" && i + 1 < words.size();
    if (doubled && (is_letter(words[i + 1]) || number_word(fold_speech(words[i + 1])))) {
      out.push_back(words[i + 1]);
      out.push_back(words[++i]);
      continue;
    }
    out.push_back(words[i]);
    if (!is_letter(words[i]))
      continue;
    const auto starts = [&](std::size_t at) {
      return at < words.size() && words[at].starts_with(words[i]);
    };
    if (i + 2 < words.size() && (words[i + 1] == "for" || words[i + 1] == "se") &&
        starts(i + 2))
      i += 2;
    else if (i + 3 < words.size() && words[i + 1] == "as" && words[i + 2] == "in" &&
             starts(i + 3))
      i += 3;
  }
  return out;
}

/// A word of an address as it is written; empty: it stays what it is.
std::string written(std::string_view word) {
  if (is_one_of(word, {"dot", "डॉट", "डाॅट", "point"}))
    return ".";
  if (is_one_of(word, {"underscore", "अंडरस्कोर"}))
    return "_";
  if (is_one_of(word, {"dash", "hyphen", "minus", "डैश", "हाइफन"}))
    return "-";
  if (is_one_of(word, {"जीमेल", "g-mail"}))
    return "gmail";
  if (is_one_of(word, {"याहू"}))
    return "yahoo";
  if (is_one_of(word, {"कॉम", "काॅम"}))
    return "com";
  if (is_one_of(word, {"इन"}))
    return "in";
  // "no" and "do" are words; two letters and more of a name may fold to a number.
  if (word.size() > 2 || static_cast<unsigned char>(word.front()) >= 0x80)
    if (const auto value = number_word(fold_speech(word)))
      return std::to_string(*value);
  return {};
}

std::string joined(std::vector<std::string>::const_iterator from,
                   std::vector<std::string>::const_iterator to) {
  std::string out;
  for (; from != to; ++from) {
    const auto sign = written(*from);
    out += sign.empty() ? *from : sign;
  }
  return out;
}

bool is_address(const std::string& text) {
  static const RE2 pattern{
      R"([a-z0-9](?:[a-z0-9._%+-]{0,62}[a-z0-9_])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})"};
  return RE2::FullMatch(text, pattern) && text.find("..") == text.npos;
}

/// The words behind the @ as far as they make up a domain: label, dot, label …
std::string domain_in(const std::vector<std::string>& words, std::size_t at) {
  std::string out;
  bool label_before = false;
  for (; at < words.size(); ++at) {
    const auto sign = written(words[at]);
    const auto& part = sign.empty() ? words[at] : sign;
    // Letters one by one make up one label.
    const bool spelt = is_letter(part) && !out.empty() && out.back() != '.';
    const bool dotted = part == "." || part.front() == '.';
    if (label_before && !dotted && !spelt && part != "-")
      break;
    out += part;
    label_before = part != "." && part != "-";
  }
  return out;
}

} // namespace

std::optional<std::string> spelt_email(std::string_view heard) {
  auto text = ' ' + to_lower(heard.substr(0, heard_bytes_max)) + ' ';
  RE2::GlobalReplace(
      &text,
      R"(\s(?:at the rate(?: of)?|at the red|ऐट द रेट|एट द रेट|at|ऐट|एट|अट)\s)",
      " @ ");
  RE2::GlobalReplace(&text, R"(\s*@\s*)", " @ ");
  const auto words = letters_joined(words_in(text));
  const auto sign = std::ranges::find(words, "@");
  if (sign == words.end())
    return std::nullopt;
  auto first = sign;
  while (first != words.begin() && !is_lead(*std::prev(first)))
    --first;
  const auto at = static_cast<std::size_t>(sign - words.begin());
  auto address = joined(first, sign) + '@' + domain_in(words, at + 1);
  return is_address(address) ? std::optional{std::move(address)} : std::nullopt;
}

std::optional<std::string> spelt_name(std::string_view heard) {
  std::string best, run;
  for (const auto& word : letters_joined(words_in(heard))) {
    // "R-A-V-I" is one word.
    std::string letters;
    for (const auto part : split(word, '-'))
      if (is_letter(part))
        letters += part;
      else
        letters.clear();
    const bool spelt = !letters.empty() && letters.size() * 2 - 1 == word.size();
    run = spelt ? run + letters : std::string{};
    if (run.size() > best.size())
      best = run;
  }
  if (best.size() < letters_min)
    return std::nullopt;
  best.front() = static_cast<char>(best.front() - 32);
  return best;
}

} // namespace caly
