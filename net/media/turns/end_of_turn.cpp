#include "net/media/turns/end_of_turn.hpp"

#include "net/media/turns/backchannel.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto nothing_said = 900ms;
constexpr auto plain_yes = 350ms;
constexpr auto whole_sentence = 450ms;
constexpr auto ordinary = 650ms;
constexpr auto in_pieces = 1'200ms;
constexpr auto unfinished = 1'500ms;
constexpr auto more_digits = 1'800ms;

/// A mobile number; PIN codes and dates are shorter and are waited for no longer.
constexpr int digits_enough = 10;
constexpr int digits_some = 6;

/// Words after which a speaker of English, Hindi or Hinglish goes on.
constexpr std::array<std::string_view, 44> openers{
    "and", "or",   "but",   "so",    "because", "um",   "uh",  "the",    "a",
    "my",  "is",   "to",    "for",   "of",      "with", "at",  "in",     "if",
    "aur", "ya",   "lekin", "magar", "par",     "toh",  "to",  "matlab", "kyunki",
    "ki",  "mera", "meri",  "mere",  "agar",    "phir", "और",  "या",     "लेकिन",
    "मगर", "पर",   "तो",    "मतलब",  "क्योंकि",   "कि",   "मेरा", "अगर"};

constexpr std::array<std::string_view, 40> number_words{
    "zero",  "one",  "two",   "three",  "four",   "five",   "six",  "seven",
    "eight", "nine", "oh",    "double", "triple", "shunya", "ek",   "do",
    "teen",  "char", "chaar", "paanch", "panch",  "chhe",   "cheh", "chhah",
    "saat",  "sat",  "aath",  "ath",    "nau",    "dus",    "शून्य",  "एक",
    "दो",    "तीन",  "चार",   "पाँच",    "छह",     "सात",    "आठ",   "नौ"};

template <std::size_t N>
bool is_in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const auto c : text) {
    const auto lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    const bool letter = (lower >= 'a' && lower <= 'z') ||
                        (lower >= '0' && lower <= '9') ||
                        static_cast<unsigned char>(lower) >= 0x80;
    if (letter)
      words.back() += lower;
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty())
    words.pop_back();
  return words;
}

/// The digits that were said; none when numbers are only mentioned ("I have no one").
int digits_in(const std::vector<std::string>& words) {
  int digits = 0;
  std::size_t numbers = 0;
  for (const auto& word : words) {
    const auto written = static_cast<int>(std::count_if(
        word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; }));
    const int said = is_in(number_words, word) ? 1 : 0;
    digits += written + said;
    numbers += written + said > 0 ? 1 : 0;
  }
  return 2 * numbers >= words.size() ? digits : 0;
}

bool has_any(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](auto part) {
    return text.find(part) != std::string_view::npos;
  });
}

bool ends_a_sentence(std::string_view text) {
  const auto end = trim(text);
  return end.ends_with('.') || end.ends_with('?') || end.ends_with('!') ||
         end.ends_with("।");
}

} // namespace

expected_answer expected_answer_to(std::string_view agent_said) {
  // What is asked stands in the last sentence.
  auto text = trim(agent_said);
  const auto cut = text.substr(0, text.empty() ? 0 : text.size() - 1).find_last_of(".!?");
  if (cut != std::string_view::npos)
    text = trim(text.substr(cut + 1));
  std::string lower{text};
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (has_any(lower, {"address", "pata ", "पता", "where do you live"}))
    return expected_answer::address;
  if (has_any(lower,
              {"number",
               "pin code",
               "pincode",
               "digit",
               "otp",
               "code",
               "date of birth",
               "नंबर",
               "अंक",
               "पिन",
               "तारीख"}))
    return expected_answer::digits;
  if (has_any(lower,
              {"your name", "full name", "spell", "naam", "email", "e-mail", "नाम"}))
    return expected_answer::name;
  if (lower.ends_with('?') && has_any(lower,
                                      {"shall i",
                                       "should i",
                                       "do you want",
                                       "would you like",
                                       "is that right",
                                       "correct?",
                                       "kya aap",
                                       "sahi hai",
                                       "theek hai",
                                       "क्या आप",
                                       "सही है",
                                       "ठीक है"}))
    return expected_answer::yes_or_no;
  return expected_answer::anything;
}

expected_answer expected_for(std::string_view slot_type) {
  constexpr std::array<std::string_view, 7> digits{
      "phone", "pin", "pin_code", "code", "number", "amount", "date"};
  if (is_in(digits, slot_type))
    return expected_answer::digits;
  if (slot_type == "name" || slot_type == "email")
    return expected_answer::name;
  if (slot_type == "text")
    return expected_answer::address;
  return slot_type == "yes_no" ? expected_answer::yes_or_no : expected_answer::anything;
}

expected_answer expected_after(std::string_view agent_said, std::string_view slot_type) {
  const auto asked = expected_answer_to(agent_said);
  // "Is that right?" behind a number asks for no number.
  return slot_type.empty() || asked == expected_answer::yes_or_no ? asked
         : expected_for(slot_type) == expected_answer::anything   ? asked
                                                                : expected_for(slot_type);
}

std::chrono::milliseconds silence_for(expected_answer expected,
                                      std::chrono::milliseconds usual) {
  switch (expected) {
  case expected_answer::digits:
    return std::max<std::chrono::milliseconds>(usual, unfinished);
  case expected_answer::name:
  case expected_answer::address:
    return std::max<std::chrono::milliseconds>(usual, in_pieces);
  case expected_answer::yes_or_no:
  case expected_answer::anything:
    break;
  }
  return usual;
}

std::chrono::milliseconds end_of_turn_after(std::string_view words,
                                            expected_answer expected) {
  const auto all = words_of(words);
  if (all.empty())
    return nothing_said;
  if (expected == expected_answer::digits) {
    const auto digits = digits_in(all);
    if (digits >= digits_enough)
      return whole_sentence;
    if (digits > 0)
      return digits >= digits_some ? in_pieces : more_digits;
  }
  if (is_in(openers, all.back()) || words.ends_with(",") || words.ends_with("..."))
    return unfinished;
  if (expected == expected_answer::address || expected == expected_answer::name)
    return in_pieces;
  if (is_backchannel(words))
    return plain_yes;
  return ends_a_sentence(words) ? whole_sentence : ordinary;
}

} // namespace caly
