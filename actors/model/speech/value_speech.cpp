#include "actors/model/speech/value_speech.hpp"

#include "actors/model/speech/number_speech.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <memory>
#include <unicode/smpdtfmt.h>
#include <vector>

namespace caly {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::string digits_of(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), is_digit);
  return out;
}

/// The name of a month ("MMMM") or a weekday ("EEEE") as ICU knows it.
std::string
name_of(const char* pattern, std::chrono::sys_days day, std::string_view language) {
  UErrorCode status = U_ZERO_ERROR;
  icu::SimpleDateFormat format{icu::UnicodeString{pattern, -1, US_INV},
                               icu::Locale{language == "hi" ? "hi_IN" : "en_IN"},
                               status};
  if (U_FAILURE(status))
    return {};
  format.adoptTimeZone(icu::TimeZone::createTimeZone("UTC"));
  icu::UnicodeString out;
  format.format(static_cast<UDate>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                       day.time_since_epoch())
                                       .count()),
                out);
  std::string text;
  out.toUTF8String(text);
  return text;
}

struct currency_words {
  std::string_view code;
  std::string_view one, many, hindi, hinglish;
  std::string_view part, parts, hindi_parts, hinglish_parts;
};

constexpr std::array<currency_words, 4> currencies{
    {{"INR", "rupee", "rupees", "रुपये", "rupaye", "paisa", "paise", "पैसे", "paise"},
     {"USD", "dollar", "dollars", "डॉलर", "dollars", "cent", "cents", "सेंट", "cents"},
     {"EUR", "euro", "euros", "यूरो", "euros", "cent", "cents", "सेंट", "cents"},
     {"GBP", "pound", "pounds", "पाउंड", "pounds", "penny", "pence", "पेंस", "pence"}}};

/// Half past, a quarter past and a quarter to have words of their own in Hindi.
std::string hindi_hour(int hour, int minute) {
  const auto said = [](int h) { return say_number(h == 0 ? 12 : h, "hi"); };
  const int next = hour % 12 + 1;
  if (minute == 0)
    return said(hour) + " बजे";
  if (minute == 30 && hour == 1)
    return "डेढ़ बजे";
  if (minute == 30 && hour == 2)
    return "ढाई बजे";
  if (minute == 30)
    return "साढ़े " + said(hour) + " बजे";
  if (minute == 15)
    return "सवा " + said(hour) + " बजे";
  if (minute == 45)
    return "पौने " + said(next) + " बजे";
  return said(hour) + " बजकर " + say_number(minute, "hi") + " मिनट";
}

std::string_view hindi_part_of_day(int hour) {
  return hour < 4    ? "रात "
         : hour < 12 ? "सुबह "
         : hour < 16 ? "दोपहर "
         : hour < 20 ? "शाम "
                     : "रात ";
}

std::string_view at_sign(std::string_view language) {
  return words_in(language, " at the rate ", " ऐट द रेट ", " at the rate ");
}

/// A sign within an address as a word.
std::string_view sign_word(char c, std::string_view language) {
  switch (c) {
  case '.':
    return words_in(language, "dot", "डॉट", "dot");
  case '_':
    return words_in(language, "underscore", "अंडरस्कोर", "underscore");
  case '-':
    return words_in(language, "hyphen", "हाइफ़न", "hyphen");
  case '+':
    return words_in(language, "plus", "प्लस", "plus");
  case '%':
    return words_in(language, "percent", "परसेंट", "percent");
  default:
    return {};
  }
}

/// Words of letters stay words; digits and signs are said one by one.
std::string say_address_part(std::string_view part, std::string_view language) {
  std::string out;
  bool in_word = false;
  for (const char c : part) {
    const bool letter = is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
    if (!(letter && in_word) && !out.empty())
      out += ' ';
    in_word = letter;
    if (letter)
      out += c;
    else if (is_digit(c))
      out += say_digits({&c, 1}, language);
    else
      out += sign_word(c, language);
  }
  return out;
}

std::string spell_address_part(std::string_view part, std::string_view language) {
  std::string out;
  for (const char c : part) {
    if (!out.empty())
      out += ", ";
    if (is_digit(c))
      out += say_digits({&c, 1}, language);
    else if (is_letter(c))
      out += upper(c);
    else if (const auto word = sign_word(c, language); !word.empty())
      out += word;
    else
      out += c;
  }
  return out;
}

bool is_known_domain(std::string_view domain) {
  constexpr std::array<std::string_view, 10> known{"gmail.com",
                                                   "yahoo.com",
                                                   "yahoo.co.in",
                                                   "yahoo.in",
                                                   "hotmail.com",
                                                   "outlook.com",
                                                   "icloud.com",
                                                   "rediffmail.com",
                                                   "live.com",
                                                   "protonmail.com"};
  return std::ranges::find(known, domain) != known.end();
}

} // namespace

std::string say_phone(std::string_view number, std::string_view language) {
  const bool plus = trim(number).starts_with('+');
  auto digits = digits_of(number);
  std::string out;
  const auto country = [&](std::size_t size) {
    out = std::string{words_in(language, "plus ", "प्लस ", "plus ")} +
          say_digits(std::string_view{digits}.substr(0, size), language) + ", ";
    digits.erase(0, size);
  };
  if (plus && digits.size() == 12 && digits.starts_with("91"))
    country(2);
  else if (plus && digits.size() == 11 && digits.starts_with("1"))
    country(1);
  if (digits.empty())
    return std::string{number};
  if (digits.size() == 10 && plus && !out.empty() && digits.front() < '6')
    return out +
           say_digit_groups({digits.substr(0, 3), digits.substr(3, 3), digits.substr(6)},
                            language);
  if (digits.size() == 10)
    return out + say_digits(digits, language, 5);
  if (digits.size() == 11 && digits.front() == '0')
    return out +
           say_digit_groups({digits.substr(0, 1), digits.substr(1, 5), digits.substr(6)},
                            language);
  if (plus && out.empty())
    out = words_in(language, "plus ", "प्लस ", "plus ");
  return out + say_digits(digits, language, digits.size() % 4 == 0 ? 4 : 3);
}

std::string say_pin_code(std::string_view digits, std::string_view language) {
  const auto all = digits_of(digits);
  return all.empty() ? std::string{digits} : say_digits(all, language, 3);
}

std::string say_code(std::string_view code, std::string_view language) {
  std::string out;
  for (std::size_t at = 0; at < code.size();) {
    auto end = at;
    if (is_digit(code[at])) {
      while (end < code.size() && is_digit(code[end]))
        ++end;
      const auto run = code.substr(at, end - at);
      out += (out.empty() ? "" : ", ") + say_digits(run,
                                                    language,
                                                    run.size() <= 4       ? 0
                                                    : run.size() % 4 == 0 ? 4
                                                                          : 3);
    } else if (is_letter(code[at])) {
      std::string letters;
      for (; end < code.size() && is_letter(code[end]); ++end) {
        letters += (letters.empty() ? "" : " ");
        letters += upper(code[end]);
      }
      out += (out.empty() ? "" : ", ") + letters;
    } else {
      end = at + 1;
    }
    at = end;
  }
  return out.empty() ? std::string{code} : out;
}

std::string say_amount(std::int64_t units,
                       int hundredths,
                       std::string_view currency,
                       std::string_view language) {
  const auto* found = std::ranges::find(currencies, currency, &currency_words::code);
  const auto& words = found == currencies.end() ? currencies.front() : *found;
  const auto whole = say_number(units, language) + ' ' +
                     std::string{words_in(
                         language,
                         units == 1 ? words.one : words.many,
                         units == 1 && words.code == "INR" ? "रुपया" : words.hindi,
                         units == 1 && words.code == "INR" ? "rupaya" : words.hinglish)};
  if (hundredths == 0)
    return whole;
  const auto part = say_number(hundredths, language) + ' ' +
                    std::string{words_in(language,
                                         hundredths == 1 ? words.part : words.parts,
                                         words.hindi_parts,
                                         words.hinglish_parts)};
  if (units == 0)
    return part;
  return whole + std::string{words_in(language, " and ", " और ", " aur ")} + part;
}

std::string
say_day(std::chrono::year_month_day day, day_parts parts, std::string_view language) {
  const std::chrono::sys_days at{day};
  const auto number = static_cast<std::int64_t>(static_cast<unsigned>(day.day()));
  auto out = language == "hi"
                 ? (number == 1 ? std::string{"पहली"} : say_number(number, language))
                 : say_ordinal(number, language);
  out += ' ' + name_of("MMMM", at, language);
  if (parts == day_parts::day)
    return out;
  out += ' ' + say_year(static_cast<int>(day.year()), language);
  return parts == day_parts::weekday_too ? name_of("EEEE", at, language) + ", " + out
                                         : out;
}

std::string say_time(int hour, int minute, bool knows_half, std::string_view language) {
  if (language == "hi")
    return (knows_half ? std::string{hindi_part_of_day(hour)} : std::string{}) +
           hindi_hour(hour % 12, minute);
  const int twelve = hour % 12 == 0 ? 12 : hour % 12;
  auto out = say_number(twelve, language);
  if (minute > 0)
    out += (minute < 10 ? " oh " : " ") + say_number(minute, language);
  else if (!knows_half)
    out += words_in(language, " o'clock", "", "");
  if (knows_half)
    out += hour < 12 ? " AM" : " PM";
  return out;
}

std::string say_email(std::string_view address, std::string_view language) {
  const auto at = address.find('@');
  if (at == address.npos)
    return std::string{address};
  return say_address_part(address.substr(0, at), language) +
         std::string{at_sign(language)} +
         say_address_part(address.substr(at + 1), language);
}

std::string spell_email(std::string_view address, std::string_view language) {
  const auto at = address.find('@');
  if (at == address.npos)
    return std::string{address};
  const auto domain = address.substr(at + 1);
  std::string place;
  if (is_known_domain(domain)) {
    place = say_address_part(domain, language);
  } else {
    const auto dot = domain.find('.');
    place = spell_address_part(domain.substr(0, dot), language);
    if (dot != domain.npos)
      place += ", " + say_address_part(domain.substr(dot), language);
  }
  return spell_address_part(address.substr(0, at), language) + ',' +
         std::string{at_sign(language)} + place;
}

std::string spell_name(std::string_view name) {
  std::string letters;
  for (const auto word : split(name, ' ')) {
    std::string spelt;
    for (const char c : word) {
      if (static_cast<unsigned char>(c) >= 0x80)
        return std::string{name}; // letters that do not stand alone
      if (is_letter(c)) {
        spelt += spelt.empty() ? "" : ", ";
        spelt += upper(c);
      }
    }
    if (!spelt.empty())
      letters += (letters.empty() ? "" : "; ") + spelt;
  }
  return letters.empty() ? std::string{name} : std::string{name} + ": " + letters;
}

std::optional<std::chrono::year_month_day> parse_iso_date(std::string_view iso) {
  const auto part = [&](std::size_t at, std::size_t size) -> int {
    int value = -1;
    const auto text = iso.substr(at, size);
    const auto [end, failed] =
        std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc{} && end == text.data() + text.size() ? value : -1;
  };
  if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-')
    return std::nullopt;
  const auto y = part(0, 4), m = part(5, 2), d = part(8, 2);
  if (y < 0 || m < 0 || d < 0)
    return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{y},
                                        std::chrono::month{static_cast<unsigned>(m)},
                                        std::chrono::day{static_cast<unsigned>(d)}};
  return day.ok() ? std::optional{day} : std::nullopt;
}

} // namespace caly
