#include "actors/model/speech/speakable.hpp"

#include "actors/model/speech/number_speech.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "actors/model/speech/value_speech.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <re2/re2.h>
#include <set>

namespace caly {

namespace {

constexpr std::size_t context_words = 4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Devanagari digits as ASCII ones.
std::string with_plain_digits(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto third = i + 2 < text.size() ? static_cast<unsigned char>(text[i + 2]) : 0;
    if (text.substr(i).starts_with("\xe0\xa5") && third >= 0xa6 && third <= 0xaf) {
      out += static_cast<char>('0' + (third - 0xa6));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Words are said in the language that they stand among, whatever the talk's is.
std::string language_of(std::string_view text, std::string_view language) {
  auto guess = guess_language(text);
  if (guess.language == "hi")
    return "hi";
  // Hindi words cannot stand in a Latin text.
  if (language == "hi" && !guess.language.empty())
    return guess.language == "en" ? "en" : "hinglish";
  return std::string{language};
}

std::int64_t to_number(std::string_view digits) {
  std::string plain;
  std::ranges::copy_if(digits, std::back_inserter(plain), is_digit);
  std::int64_t value = 0;
  std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return value;
}

std::string without_commas(std::string_view text) {
  std::string out{text};
  std::erase(out, ',');
  return out;
}

int hundredths_of(std::string_view decimals) {
  if (decimals.empty())
    return 0;
  const auto value = static_cast<int>(to_number(decimals));
  return decimals.size() == 1 ? value * 10 : value;
}

int month_of(std::string_view name) {
  static constexpr std::array<std::string_view, 12> english{
      "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
  static constexpr std::array<std::string_view, 12> hindi{
      "जनवरी", "फ", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सित", "अक", "नव", "दिस"};
  const auto lower = to_lower(name);
  for (std::size_t i = 0; i < 12; ++i)
    if (lower.starts_with(english[i]) || lower.starts_with(hindi[i]))
      return static_cast<int>(i) + 1;
  return 0;
}

std::optional<std::chrono::year_month_day> day_of(int year, int month, int day) {
  const std::chrono::year_month_day out{std::chrono::year{year},
                                        std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)}};
  return month > 0 && day > 0 && out.ok() ? std::optional{out} : std::nullopt;
}

const std::string month_names =
    "(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b";
const std::string hindi_month_names = "जनवरी|फ़रवरी|फरवरी|फ़रवरी|मार्च|अप्रैल|मई|जून|जुलाई|अगस्त|"
                                      "सितंबर|सितम्बर|अक्टूबर|अक्तूबर|नवंबर|नवम्बर|"
                                      "दिसंबर|दिसम्बर";

/// Takes the words apart, one value at a time from the left.
class sayer {
public:
  sayer(std::string text, std::string language)
      : text_{std::move(text)}, rest_{text_}, language_{std::move(language)} {}

  std::string say() {
    while (!rest_.empty()) {
      const auto c = rest_.front();
      const bool may_begin = is_digit(c) || is_letter(c) || c == '+' || c == '#' ||
                             c == '$' || c == '-' ||
                             static_cast<unsigned char>(c) >= 0xc0;
      if (!may_begin || !say_value())
        copy_word();
    }
    return std::move(out_);
  }

private:
  /// Takes what `pattern` finds right here, unless letters or digits follow.
  template <class... Groups>
  bool take(const RE2& pattern, Groups*... groups) {
    re2::StringPiece at{rest_.data(), rest_.size()};
    if (!RE2::Consume(&at, pattern, groups...))
      return false;
    const auto used = rest_.size() - at.size();
    if (used == 0)
      return false;
    // "5kg" is a number and a unit; "12a4" is none.
    if (used < rest_.size() && is_digit(rest_[used]) && is_digit(rest_[used - 1]))
      return false;
    taken_ = rest_.substr(0, used);
    return true;
  }

  bool put(const std::string& words) {
    out_ += words;
    rest_.remove_prefix(taken_.size());
    const bool sentence_ends = rest_.starts_with("।");
    if (!rest_.empty() && !sentence_ends &&
        (is_letter(rest_.front()) || static_cast<unsigned char>(rest_.front()) >= 0xc0))
      out_ += ' ';
    return true;
  }

  bool say_value() {
    return email() || money() || date() || time() || percent() || phone() || code() ||
           ordinal() || range() || around_the_clock() || below_zero() || number();
  }

  bool around_the_clock() {
    static const RE2 pattern{R"((24)(?:x|/|×)(7)\b)"};
    std::string hours, days;
    return take(pattern, &hours, &days) &&
           put(say_number(24, language_) + ' ' + say_number(7, language_));
  }

  bool below_zero() {
    static const RE2 pattern{R"((-[0-9]+(?:\.[0-9]+)?))"};
    std::string value;
    const bool first = out_.empty() || out_.back() == ' ';
    return first && take(pattern, &value) && put(say_decimal(value, language_));
  }

  bool email() {
    static const RE2 pattern{
        R"(([A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+))"};
    std::string address;
    return take(pattern, &address) && put(say_email(address, language_));
  }

  bool money() {
    static const RE2 before{
        R"((₹|(?i:rs\.?|inr\b)|\$|€|£)\s?([0-9][0-9,]*)(?:\.([0-9]{1,2}))?(?:\s?/-)?)"
        R"((?:\s?(?i:(lakhs?|lacs?|crores?|लाख|करोड़|thousand|hazaa?r|हज़ार|k|million|billion))\b)?)"};
    static const RE2 hindi_scale{R"(\s?(लाख|करोड़|हज़ार|हजार|करोड))"};
    static const RE2 behind{
        R"(([0-9][0-9,]*)(?:\.([0-9]{1,2}))?(?:\s?/-|\s?(?i:rupees?|rupaye|rupay|rupaya|rs)\b|\s?(?:रुपये|रुपए|रुपया|रू)))"};
    std::string sign, whole, part, scale;
    if (take(before, &sign, &whole, &part, &scale)) {
      auto used = taken_.size();
      re2::StringPiece at{rest_.data() + used, rest_.size() - used};
      if (scale.empty() && RE2::Consume(&at, hindi_scale, &scale))
        taken_ = rest_.substr(0, rest_.size() - at.size());
      const auto currency = sign == "$"   ? "USD"
                            : sign == "€" ? "EUR"
                            : sign == "£" ? "GBP"
                                          : "INR";
      if (scale.empty())
        return put(
            say_amount(to_number(whole), hundredths_of(part), currency, language_));
      const auto written = without_commas(whole) + (part.empty() ? "" : "." + part);
      const auto plural = say_amount(2, 0, currency, language_);
      return put(say_decimal(written, language_) + ' ' + scale_word(scale) +
                 plural.substr(plural.find(' ')));
    }
    if (take(behind, &whole, &part))
      return put(say_amount(to_number(whole), hundredths_of(part), "INR", language_));
    return false;
  }

  std::string scale_word(std::string_view written) const {
    const auto lower = to_lower(written);
    if (lower.starts_with("l") || lower == "लाख")
      return std::string{words_in(language_, "lakh", "लाख", "lakh")};
    if (lower.starts_with("c") || lower.starts_with("करो"))
      return std::string{words_in(language_, "crore", "करोड़", "crore")};
    if (lower == "k" || lower.starts_with("t") || lower.starts_with("ha") ||
        lower.starts_with("ह"))
      return std::string{words_in(language_, "thousand", "हज़ार", "hazaar")};
    return lower;
  }

  bool date() {
    static const RE2 iso{R"(([0-9]{4})-([0-9]{2})-([0-9]{2})\b)"};
    static const RE2 numbers{R"(([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})\b)"};
    static const RE2 day_first{R"(([0-9]{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?()" +
                               month_names + "|" + hindi_month_names +
                               R"()\.?(?:,?\s+([0-9]{4})\b)?)"};
    static const RE2 month_first{
        "([A-Z]" // a month, not what may be
        "[a-z]+)"
        R"(\.?\s+([0-9]{1,2})(?:st|nd|rd|th)?\b(?:,?\s+([0-9]{4})\b)?)"};
    int y = 0, m = 0, d = 0;
    if (take(iso, &y, &m, &d) || take(numbers, &d, &m, &y))
      return put_day(day_of(y, m, d), day_parts::day_and_year);
    std::string month, day, year;
    const bool begins_with_day = take(day_first, &day, &month, &year);
    if (!begins_with_day && !(take(month_first, &month, &day, &year) && is_month(month)))
      return false;
    // Any leap year does where none is named.
    return put_day(day_of(year.empty() ? 2024 : static_cast<int>(to_number(year)),
                          month_of(month),
                          static_cast<int>(to_number(day))),
                   year.empty() ? day_parts::day : day_parts::day_and_year);
  }

  static bool is_month(const std::string& word) {
    static const RE2 pattern{month_names};
    return RE2::FullMatch(word, pattern);
  }

  bool put_day(std::optional<std::chrono::year_month_day> day, day_parts parts) {
    return day && put(say_day(*day, parts, language_));
  }

  bool time() {
    static const RE2 with_minutes{
        R"(([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?(?:\s?(?i:([ap])(?:m\b|\.m\.)))?(?:\s?बजे)?)"};
    static const RE2 hour_only{R"(([0-9]{1,2})\s?(?i:([ap])(?:m\b|\.m\.)))"};
    std::string hours, half;
    int minute = 0;
    const bool exact = take(with_minutes, &hours, &minute, &half);
    if (!exact && !take(hour_only, &hours, &half))
      return false;
    auto hour = static_cast<int>(to_number(hours));
    if (hour > 24 || minute > 59 || (!half.empty() && (hour == 0 || hour > 12)))
      return false;
    const bool knows_half =
        !half.empty() || hour == 0 || hour > 12 || hours.starts_with('0');
    if (!half.empty())
      hour = hour % 12 + (to_lower(half) == "p" ? 12 : 0);
    return put(say_time(hour % 24, minute, knows_half, language_));
  }

  bool percent() {
    static const RE2 pattern{R"(([0-9][0-9,]*(?:\.[0-9]+)?)\s?%)"};
    std::string value;
    return take(pattern, &value) &&
           put(say_decimal(without_commas(value), language_) +
               std::string{words_in(language_, " percent", " प्रतिशत", " percent")});
  }

  bool phone() {
    static const RE2 international{R"((\+[0-9][0-9 -]{8,18}[0-9]))"};
    static const RE2 mobile{R"((0?[6-9][0-9]{4}[ -]?[0-9]{5})\b)"};
    static const RE2 in_groups{
        R"((1800|1860|0[1-9][0-9]{1,3})[ -]([0-9]{3,8})(?:[ -]([0-9]{3,4}))?\b)"};
    std::string number, area, middle, end;
    if (take(international, &number) || take(mobile, &number))
      return put(say_phone(number, language_));
    if (!take(in_groups, &area, &middle, &end))
      return false;
    std::vector<std::string> groups{area};
    for (const auto& each : {middle, end})
      for (std::size_t at = 0; at < each.size();) {
        const auto size = each.size() - at > 4 ? 4 : each.size() - at;
        groups.push_back(each.substr(at, size));
        at += size;
      }
    return put(say_digit_groups(groups, language_));
  }

  bool code() {
    static const RE2 letters_first{R"(#?([A-Z]{1,6}[-_/]?[0-9]{3,}[A-Z0-9-]*)\b)"};
    static const RE2 with_dash{R"(#?([A-Z]{1,6}-[0-9]{1,}[A-Z0-9-]*)\b)"};
    static const RE2 after_hash{R"(#([0-9]{1,20})\b)"};
    std::string found;
    return (take(letters_first, &found) || take(with_dash, &found) ||
            take(after_hash, &found)) &&
           put(say_code(found, language_));
  }

  bool ordinal() {
    static const RE2 pattern{R"(([0-9]{1,3})(?:st|nd|rd|th)\b)"};
    std::string value;
    return take(pattern, &value) && put(say_ordinal(to_number(value), language_));
  }

  bool range() {
    static const RE2 pattern{R"(([0-9]{1,4})\s?[-–]\s?([0-9]{1,4})\b)"};
    std::string from, to;
    return take(pattern, &from, &to) &&
           put(say_number(to_number(from), language_) +
               std::string{words_in(language_, " to ", " से ", " se ")} +
               say_number(to_number(to), language_));
  }

  bool number() {
    static const RE2 pattern{R"(([0-9]+(?:,[0-9]{2,3})*)(\.[0-9]+)?)"};
    static const RE2 version{R"([0-9]{1,4}(?:\.[0-9]{1,4}){2,5})"};
    std::string whole, part;
    if (take(version)) {
      std::string out;
      for (const auto each : split(taken_, '.'))
        out += (out.empty() ? "" : " ") + (out.empty() ? std::string{} : point() + ' ') +
               say_number(to_number(each), language_);
      return put(out);
    }
    if (!take(pattern, &whole, &part))
      return false;
    const bool plain = part.empty() && whole.find(',') == whole.npos;
    if (plain && whole.size() == 6 && follows({"pin", "pincode", "पिन", "पिनकोड"}))
      return put(say_pin_code(whole, language_));
    const bool is_name = whole.size() >= 3 && follows({"number",
                                                       "no",
                                                       "order",
                                                       "code",
                                                       "otp",
                                                       "id",
                                                       "ticket",
                                                       "account",
                                                       "booking",
                                                       "token",
                                                       "reference",
                                                       "नंबर",
                                                       "नम्बर",
                                                       "ऑर्डर",
                                                       "कोड",
                                                       "खाता",
                                                       "टिकट",
                                                       "ओटीपी"});
    if (plain && (whole.size() > 7 || is_name || (whole.size() > 1 && whole[0] == '0')))
      return put(say_code(whole, language_));
    if (plain && whole.size() == 4 &&
        (whole.starts_with("19") || whole.starts_with("20")) &&
        follows({"in", "since", "year", "साल", "सन", "वर्ष", "saal"}))
      return put(say_year(static_cast<int>(to_number(whole)), language_));
    return put(say_decimal(without_commas(whole) + part, language_));
  }

  std::string point() const {
    return std::string{words_in(language_, "point", "दशमलव", "point")};
  }

  bool follows(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [&](auto word) {
      return std::ranges::find(before_, word) != before_.end();
    });
  }

  /// What is no value is copied up to where the next one may begin.
  void copy_word() {
    std::size_t size = 0;
    const auto in_word = [](char c) {
      return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    };
    while (size < rest_.size() && in_word(rest_[size]))
      ++size;
    if (size == 0) {
      // What was said in another sentence tells nothing of this one's numbers.
      if (rest_.front() == '.' || rest_.front() == '?' || rest_.front() == '!')
        before_.clear();
      out_ += rest_.front();
      rest_.remove_prefix(1);
      return;
    }
    // A currency's sign is no word.
    const auto word = rest_.substr(0, size);
    const auto sign = word.find("₹");
    if (sign != word.npos && sign > 0)
      size = sign;
    before_.push_back(to_lower(rest_.substr(0, size)));
    if (before_.size() > context_words)
      before_.pop_front();
    out_ += rest_.substr(0, size);
    rest_.remove_prefix(size);
  }

  const std::string text_;
  std::string_view rest_;
  std::string_view taken_;
  const std::string language_;
  std::deque<std::string> before_; ///< The last words, in small letters.
  std::string out_;
};

} // namespace

std::string speakable(std::string_view text, std::string_view language) {
  auto plain = with_plain_digits(text);
  if (std::ranges::none_of(plain, is_digit) && plain.find('@') == plain.npos)
    return std::string{text};
  return sayer{std::move(plain), language_of(text, language)}.say();
}

} // namespace caly
