#include "actors/model/slots/slot_hearing.hpp"

#include "actors/model/phone_number.hpp"
#include "actors/model/slots/spelt_words.hpp"
#include "actors/model/speech/slot_filler.hpp"
#include "actors/model/speech/spoken_dates.hpp"
#include "actors/model/speech/spoken_numbers.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "actors/model/speech/value_speech.hpp"
#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr std::size_t heard_bytes_max = 500;
constexpr std::size_t digits_max = 20;

slot_reading problem(slot_problem what, std::string detail = {}) {
  return {{}, what, std::move(detail)};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

/// Words between the digits of one number.
bool joins_digits(std::string_view word) {
  return is_one_of(word, {"and", "aur", "और", "fir", "then", "plus"});
}

/// The digits that one word stands for; `twenty three` is one number of two words.
std::string digits_of(std::string_view word, std::string_view next, bool& took_next) {
  took_next = false;
  if (std::ranges::all_of(word,
                          [](char c) { return is_digit(c) || c == '-' || c == '+'; })) {
    std::string out;
    std::ranges::copy_if(word, std::back_inserter(out), is_digit);
    return out;
  }
  if (is_one_of(word, {"oh", "o", "ओ"}))
    return "0";
  if (is_one_of(word, {"hundred", "sau", "सौ"}))
    return "00";
  const auto value = number_word(word);
  if (!value)
    return {};
  const bool tens = *value >= 20 && *value % 10 == 0 && word.ends_with("ty");
  const auto unit = tens ? number_word(next) : std::nullopt;
  if (unit && *unit >= 1 && *unit <= 9 && !is_digit(next.front())) {
    took_next = true;
    return std::to_string(*value + *unit);
  }
  return std::to_string(*value);
}

int repeats(std::string_view word) {
  if (is_one_of(word, {"double", "dabl", "dabal", "डबल"}))
    return 2;
  return is_one_of(word, {"triple", "tripl", "tripal", "ट्रिपल"}) ? 3 : 1;
}

/// Folded, "dash" would be ten in Hindi.
std::string without_dashes(std::string_view text) {
  std::string out;
  const auto lower = to_lower(text);
  for (const auto word : words_of(lower))
    if (!word.starts_with("dash") && !word.starts_with("hyphen"))
      out += std::string{word} + ' ';
  return out;
}

/// Separators of thousands are no words.
std::string without_separators(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != ',' || i == 0 || i + 1 == text.size() || !is_digit(text[i - 1]) ||
        !is_digit(text[i + 1]))
      out += text[i];
  return out;
}

std::string number_text(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return value == static_cast<double>(whole) ? std::to_string(whole)
                                             : fmt::format("{:.2f}", value);
}

slot_reading within(const agent_slot& slot, double size, std::string value) {
  if (slot.min && size < *slot.min)
    return problem(slot_problem::too_small);
  if (slot.max && size > *slot.max)
    return problem(slot_problem::too_large);
  return {std::move(value), slot_problem::none};
}

slot_reading hear_phone(std::string_view heard) {
  auto digits = digits_heard(heard);
  const bool foreign = heard.find('+') != heard.npos && !digits.starts_with("91");
  if (digits.size() == 12 && digits.starts_with("91"))
    digits.erase(0, 2);
  else if (digits.size() == 11 && digits.starts_with('0'))
    digits.erase(0, 1);
  if (digits.empty())
    return problem(slot_problem::not_heard);
  if (!foreign && digits.size() != 10)
    return problem(slot_problem::wrong_length, std::to_string(digits.size()));
  if (!foreign && digits.front() < '2')
    return problem(slot_problem::not_valid);
  const auto number = phone_number::parse(foreign ? "+" + digits : "+91" + digits);
  if (!number)
    return problem(slot_problem::not_valid);
  return {(foreign ? "+" : "+91") + digits, slot_problem::none};
}

slot_reading hear_pin(std::string_view heard) {
  auto digits = digits_heard(heard);
  if (digits.empty())
    return problem(slot_problem::not_heard);
  if (digits.size() != 6)
    return problem(slot_problem::wrong_length, std::to_string(digits.size()));
  if (digits.front() == '0')
    return problem(slot_problem::not_valid);
  return {std::move(digits), slot_problem::none};
}

/// `12.50` rupees, "500 rupees and 50 paise".
std::optional<double> amount_in(std::string_view folded) {
  static const auto rupees = fold_speech("rupees"), rupaye = fold_speech("rupaye"),
                    paise = fold_speech("paise");
  std::string left, right;
  bool behind = false;
  bool has_paise = false;
  for (const auto word : words_of(folded)) {
    const bool unit = is_one_of(
        word, {rupees, rupaye, "rupai", "rupay", "rupe", "रुपये", "रुपए", "रुपय", "rs"});
    has_paise = has_paise || is_one_of(word, {paise, "पैसे", "paisa", "पैसा"});
    if (unit && !left.empty())
      behind = true;
    else if (!unit)
      (behind ? right : left) += ' ' + std::string{word};
  }
  auto value = find_number(left);
  if (value && has_paise && behind)
    if (const auto part = find_number(right); part && *part < 100)
      *value += *part / 100;
  return value;
}

slot_reading hear_number(const agent_slot& slot, std::string_view heard) {
  const auto folded = fold_speech(without_separators(heard));
  const auto value = slot.type == "amount" ? amount_in(folded) : find_number(folded);
  if (!value || *value > 1e12)
    return problem(slot_problem::not_heard);
  return within(slot, *value, number_text(*value));
}

/// `today`, `today+30`, `today-5` or a date.
std::optional<std::chrono::local_days> day_bound(std::string_view text,
                                                 std::chrono::local_days today) {
  if (text.empty())
    return std::nullopt;
  if (!text.starts_with("today")) {
    const auto day = parse_iso_date(text);
    return day ? std::optional{std::chrono::local_days{*day}} : std::nullopt;
  }
  int days = 0;
  if (text.size() > 6)
    std::from_chars(text.data() + 6, text.data() + text.size(), days);
  return today + std::chrono::days{text.size() > 5 && text[5] == '-' ? -days : days};
}

slot_reading
hear_date(const agent_slot& slot, std::string_view heard, std::chrono::local_days today) {
  const auto day = find_date(fold_speech(heard), today);
  if (!day)
    return problem(slot_problem::not_heard);
  const std::chrono::local_days at{*day};
  if (const auto first = day_bound(slot.earliest, today); first && at < *first)
    return problem(slot_problem::too_early);
  if (const auto last = day_bound(slot.latest, today); last && at > *last)
    return problem(slot_problem::too_late);
  return {iso_date(*day), slot_problem::none};
}

slot_reading hear_email(std::string_view heard) {
  auto address = spelt_email(heard);
  if (!address)
    return problem(slot_problem::not_heard);
  return {std::move(*address), slot_problem::none};
}

std::size_t letters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace

std::string digits_heard(std::string_view heard) {
  std::string best, run;
  int repeat = 1;
  const auto folded = fold_speech(without_dashes(heard.substr(0, heard_bytes_max)));
  const auto words = words_of(folded);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const auto times = repeats(words[i]); times > 1) {
      repeat = times;
      continue;
    }
    bool took_next = false;
    const auto next = i + 1 < words.size() ? words[i + 1] : std::string_view{"-"};
    const auto digits = digits_of(words[i], next, took_next);
    i += took_next ? 1 : 0;
    if (digits.empty() && !joins_digits(words[i]))
      run.clear();
    for (; !digits.empty() && repeat > 0; --repeat)
      run += digits;
    repeat = 1;
    if (run.size() > best.size() && run.size() <= digits_max)
      best = run;
  }
  return best;
}

slot_reading hear_slot(const agent_slot& slot,
                       std::string_view heard,
                       std::chrono::local_seconds now) {
  const auto text = trim(heard.substr(0, heard_bytes_max));
  if (slot.type == "phone")
    return hear_phone(text);
  if (slot.type == "pin")
    return hear_pin(text);
  if (slot.type == "email")
    return hear_email(text);
  if (slot.type == "number" || slot.type == "amount")
    return hear_number(slot, text);
  if (slot.type == "date")
    return hear_date(slot, text, std::chrono::floor<std::chrono::days>(now));
  auto value = slot.type == "name" ? spelt_name(text) : std::nullopt;
  if (!value)
    value = find_slot_value(slot.type, text, {now, true, slot.choices});
  if (!value && slot.type == "choice")
    return problem(slot_problem::no_choice);
  if (!value)
    return problem(slot_problem::not_heard);
  const auto size = static_cast<double>(letters_in(*value));
  return slot.type == "choice" || slot.type == "time" || slot.type == "yes_no"
             ? slot_reading{std::move(*value), slot_problem::none}
             : within(slot, size, std::move(*value));
}

} // namespace caly
