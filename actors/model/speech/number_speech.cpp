#include "actors/model/speech/number_speech.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <unicode/rbnf.h>

namespace caly {

namespace {

constexpr std::int64_t crore = 10'000'000;
/// From here on people count crores where ICU goes on to arab and trillion.
constexpr std::int64_t hundred_crore = 100 * crore;

bool is_hindi(std::string_view language) {
  return language == "hi";
}

/// ICU's rules of a language. Formatters cost much to make and are not for several
/// threads.
const icu::RuleBasedNumberFormat* rules_of(std::string_view language) {
  static const auto make = [](const char* locale) {
    UErrorCode status = U_ZERO_ERROR;
    auto made = std::make_unique<icu::RuleBasedNumberFormat>(
        icu::URBNF_SPELLOUT, icu::Locale{locale}, status);
    return U_SUCCESS(status) ? std::move(made) : nullptr;
  };
  thread_local const auto english = make("en_IN");
  thread_local const auto hindi = make("hi_IN");
  return is_hindi(language) ? hindi.get() : english.get();
}

std::string by_rules(std::int64_t number, std::string_view language, const char* rules) {
  const auto* format = rules_of(language);
  if (!format)
    return std::to_string(number);
  icu::UnicodeString out;
  icu::FieldPosition position;
  UErrorCode status = U_ZERO_ERROR;
  format->format(number, icu::UnicodeString{rules, -1, US_INV}, out, position, status);
  std::string text;
  if (U_FAILURE(status))
    return std::to_string(number);
  out.toUTF8String(text);
  return text;
}

std::string say_digit(char digit, std::string_view language) {
  return by_rules(digit - '0', language, "%spellout-cardinal");
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

} // namespace

std::string_view words_in(std::string_view language,
                          std::string_view english,
                          std::string_view hindi,
                          std::string_view hinglish) {
  return is_hindi(language) ? hindi : language == "hinglish" ? hinglish : english;
}

std::string say_number(std::int64_t number, std::string_view language) {
  if (number < 0) {
    // The least number has no opposite.
    const auto size = number == INT64_MIN ? INT64_MAX : -number;
    return std::string{words_in(language, "minus ", "माइनस ", "minus ")} +
           say_number(size, language);
  }
  if (number < hundred_crore)
    return by_rules(number, language, "%spellout-cardinal");
  auto out = say_number(number / crore, language) +
             std::string{words_in(language, " crore", " करोड़", " crore")};
  if (const auto rest = number % crore; rest > 0)
    out += ' ' + say_number(rest, language);
  return out;
}

std::string say_ordinal(std::int64_t number, std::string_view language) {
  if (number < 1 || number > 999)
    return say_number(number, language);
  if (!is_hindi(language))
    return by_rules(number, language, "%spellout-ordinal");
  return by_rules(number, language, "%spellout-ordinal-masculine");
}

std::string say_year(int year, std::string_view language) {
  // ICU counts thousands where people count hundreds.
  if (is_hindi(language) && year >= 1100 && year < 2000)
    return say_number(year / 100, language) + " सौ" +
           (year % 100 > 0 ? ' ' + say_number(year % 100, language) : "");
  return by_rules(year, language, "%spellout-numbering-year");
}

std::string say_decimal(std::string_view written, std::string_view language) {
  auto rest = written;
  const bool minus = rest.starts_with('-');
  if (minus)
    rest.remove_prefix(1);
  const auto point = rest.find('.');
  const auto whole = rest.substr(0, point);
  const auto part = point == rest.npos ? std::string_view{} : rest.substr(point + 1);
  std::int64_t number = 0;
  const auto [end, failed] =
      std::from_chars(whole.data(), whole.data() + whole.size(), number);
  if (failed != std::errc{} || end != whole.data() + whole.size() || number < 0 ||
      !std::ranges::all_of(part, is_digit))
    return std::string{written};
  std::string out{minus ? words_in(language, "minus ", "माइनस ", "minus ") : ""};
  out += say_number(number, language);
  if (!part.empty())
    out += std::string{words_in(language, " point ", " दशमलव ", " point ")} +
           say_digits(part, language);
  return out;
}

std::string
say_digits(std::string_view digits, std::string_view language, std::size_t group) {
  std::vector<std::string> groups(1);
  const auto left = static_cast<std::size_t>(std::ranges::count_if(digits, is_digit));
  std::size_t said = 0;
  for (const char c : digits) {
    if (!is_digit(c))
      continue;
    if (group > 0 && groups.back().size() >= group && left - said > 1)
      groups.emplace_back();
    groups.back() += c;
    ++said;
  }
  return say_digit_groups(groups, language);
}

std::string say_digit_groups(const std::vector<std::string>& groups,
                             std::string_view language) {
  std::string out;
  for (const auto& group : groups) {
    std::string words;
    for (const char c : group)
      if (is_digit(c))
        words += (words.empty() ? "" : " ") + say_digit(c, language);
    if (!words.empty())
      out += (out.empty() ? "" : ", ") + words;
  }
  return out;
}

} // namespace caly
