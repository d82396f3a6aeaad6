#include "actors/model/speech/slot_filler.hpp"

#include "actors/model/speech/spoken_dates.hpp"
#include "actors/model/speech/spoken_numbers.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <re2/re2.h>
#include <set>

namespace caly {

namespace {

constexpr std::size_t text_bytes_max = 300;
constexpr std::size_t name_bytes_max = 60;

/// Words in folded spelling, for comparing with folded speech.
std::set<std::string, std::less<>> folded_set(std::string_view words) {
  std::set<std::string, std::less<>> out;
  for (const auto word : words_of(words))
    out.insert(fold_speech(word));
  return out;
}

/// Said in passing, a small number counts things and a large one is money.
std::optional<std::string>
number_text(std::string_view folded, bool amount, const slot_context& context) {
  constexpr double money_min = 1000;
  const auto value = find_number(folded);
  if (!value || *value > 1e12 || (!context.asked && amount != (*value >= money_min)))
    return std::nullopt;
  const auto whole = static_cast<std::int64_t>(*value);
  return *value == static_cast<double>(whole) ? std::to_string(whole)
                                              : fmt::format("{}", *value);
}

std::optional<std::string> phone_text(std::string_view folded) {
  auto digits = find_digits(folded);
  if (digits.size() == 12 && digits.starts_with("91"))
    digits.erase(0, 2);
  else if (digits.size() == 11 && digits.starts_with("0"))
    digits.erase(0, 1);
  // Indian mobile and landline numbers; a number with another country code keeps its
  // plus.
  if (digits.size() == 10 && digits.front() >= '2')
    return "+91" + digits;
  if (folded.find('+') != folded.npos && digits.size() >= 8 && digits.size() <= 15)
    return "+" + digits;
  return std::nullopt;
}

std::optional<std::string> pin_text(std::string_view folded) {
  const auto digits = find_digits(folded);
  return digits.size() == 6 && digits.front() != '0' ? std::optional{digits}
                                                     : std::nullopt;
}

/// Order and booking numbers: letters and digits as written, or spoken digits.
std::optional<std::string> code_text(std::string_view utterance) {
  static const RE2 written{
      R"((?i)(?:^|[^a-z0-9])#?((?:[a-z]{1,6}[-_ ]?)?[0-9]{3,16}|[a-z]{1,6}-[0-9a-z]{2,16})(?:[^a-z0-9]|$))"};
  std::string code;
  const auto spoken = find_digits(fold_speech(utterance));
  if (RE2::PartialMatch(
          re2::StringPiece{utterance.data(), utterance.size()}, written, &code) &&
      code.size() >= spoken.size()) {
    std::erase(code, ' ');
    std::ranges::transform(
        code, code.begin(), [](unsigned char c) { return std::toupper(c); });
    return code;
  }
  return spoken.size() >= 3 && spoken.size() <= 16 ? std::optional{spoken} : std::nullopt;
}

std::optional<std::string> email_text(std::string_view utterance) {
  auto text = ' ' + to_lower(utterance.substr(0, 500)) + ' ';
  RE2::GlobalReplace(&text, R"(\s+(?:at the rate|at|ऐट|एट)\s+)", "@");
  RE2::GlobalReplace(&text, R"(\s+(?:dot|डॉट)\s+)", ".");
  RE2::GlobalReplace(&text, R"(\s+underscore\s+)", "_");
  static const RE2 address{
      R"(([a-z0-9][a-z0-9._%+-]{0,63}@(?:[a-z0-9-]{1,63}\.)+[a-z]{2,24}))"};
  std::string found;
  if (!RE2::PartialMatch(text, address, &found))
    return std::nullopt;
  return found;
}

/// The choice whose words occur; the longest when several do.
std::optional<std::string> choice_text(std::string_view folded,
                                       const std::vector<std::string>& choices) {
  const auto padded = ' ' + std::string{folded} + ' ';
  std::optional<std::string> best;
  std::size_t best_bytes = 0;
  for (const auto& choice : choices)
    // "red/lal/लाल": the first spelling is the value.
    for (const auto spelling : split(choice, '/')) {
      const auto word = fold_speech(spelling);
      if (word.size() > best_bytes && padded.find(' ' + word + ' ') != padded.npos) {
        best = std::string{choice.substr(0, choice.find('/'))};
        best_bytes = word.size();
      }
    }
  return best;
}

std::string title_case(std::string_view text) {
  std::string out{text};
  bool first = true;
  for (auto& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      c = static_cast<char>(first ? std::toupper(byte) : std::tolower(byte));
    first = c == ' ' || c == '.' || c == '-';
  }
  return out;
}

bool all_name_letters(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return std::isalpha(c) || c == ' ' || c == '.' || c == '-' || c == '\'' || c >= 0x80;
  });
}

/// The first words, up to three, until one that no name contains.
std::optional<std::string> name_from(std::string_view rest) {
  static const auto stops =
      folded_set("hai hun hon and from aur here i speaking bol calling is है और हूं बोल "
                 "से se my mera a the not interested busy looking");
  std::string out;
  int words = 0;
  for (const auto word : split(rest, ' ')) {
    auto clean = word;
    while (!clean.empty() &&
           std::string_view{".,!?"}.find(clean.back()) != std::string_view::npos)
      clean.remove_suffix(1);
    if (clean.ends_with("।"))
      clean.remove_suffix(std::string_view{"।"}.size());
    if (clean.empty())
      continue;
    const auto folded = fold_speech(clean);
    if (stops.contains(folded) || !all_name_letters(clean) || words == 3)
      break;
    out += (out.empty() ? "" : " ") + std::string{clean};
    ++words;
    if (clean.size() != word.size())
      break; // The sentence ends here.
  }
  if (out.size() < 2 || out.size() > name_bytes_max)
    return std::nullopt;
  return title_case(out);
}

} // namespace

std::optional<bool> find_yes_no(std::string_view utterance) {
  static const auto yes =
      folded_set("yes yeah yep yup sure ok okay okey han ji jee correct right bilkul tik "
                 "sahi please confirm confirmed हां हा जी ठीक सही बिल्कुल बिलकुल "
                 "absolutely zarur jarur जरूर");
  static const auto no =
      folded_set("no nope nahi nahin not dont mat na नहीं नही मत ना cancel galat गलत "
                 "vrong never");
  static const auto filler =
      folded_set("hai hain it is tats tat go ahead do kar dijie dijiye karo kardo kijie "
                 "karie है कर दीजिए कीजिए दो sir madam medam lije fine te to a aap ap आप "
                 "आगे बताइए tank you tanks thanks");
  const auto folded = fold_speech(utterance);
  const auto words = words_of(folded);
  if (words.empty() || words.size() > 6)
    return std::nullopt;
  int agreed = 0, refused = 0;
  for (const auto word : words) {
    if (no.contains(word))
      ++refused;
    else if (yes.contains(word))
      ++agreed;
    else if (!filler.contains(word))
      return std::nullopt;
  }
  // "Not correct" and "nahi ji" are refusals.
  if (refused > 0)
    return false;
  return agreed > 0 ? std::optional{true} : std::nullopt;
}

std::optional<std::string> find_name(std::string_view utterance, bool asked) {
  static const RE2 english{
      R"((?i)(?:my name is|my name's|name is|this is|i am|i'm|myself)\s+(.{2,80}))"};
  static const RE2 mixed{
      R"((?i)(?:mera (?:poora |pura )?na+m|naam|main|mai|mein)\s+(.{2,80}?)\s+(?:hai|hain|hoon|hun|hu|bol))"};
  static const RE2 hindi{R"((?:मेरा (?:पूरा )?नाम|नाम|मैं)\s+(.{2,200}?)\s+(?:है|हूँ|हूं|बोल))"};
  const std::string text{trim(utterance.substr(0, text_bytes_max))};
  std::string rest;
  for (const auto* pattern : {&hindi, &mixed, &english})
    if (RE2::PartialMatch(text, *pattern, &rest))
      if (auto name = name_from(rest))
        return name;
  if (!asked || count_words(text) > 4 || find_yes_no(text))
    return std::nullopt;
  return name_from(text);
}

std::optional<std::string> find_slot_value(std::string_view type,
                                           std::string_view utterance,
                                           const slot_context& context) {
  const auto folded = fold_speech(utterance);
  if (type == "number" || type == "amount")
    return number_text(folded, type == "amount", context);
  if (type == "date") {
    const auto day =
        find_date(folded, std::chrono::floor<std::chrono::days>(context.now));
    return day ? std::optional{iso_date(*day)} : std::nullopt;
  }
  if (type == "time")
    return find_time(folded);
  if (type == "name")
    return find_name(utterance, context.asked);
  if (type == "phone")
    return phone_text(folded);
  if (type == "email")
    return email_text(utterance);
  if (type == "pin")
    return pin_text(folded);
  if (type == "code")
    return code_text(utterance);
  if (type == "choice")
    return choice_text(folded, context.choices);
  if (type == "yes_no") {
    const auto answer = context.asked ? find_yes_no(utterance) : std::nullopt;
    return answer ? std::optional<std::string>{*answer ? "yes" : "no"} : std::nullopt;
  }
  // Free text is only taken when it was asked for.
  auto text = one_line(utterance, text_bytes_max);
  return context.asked && text.size() >= 2 ? std::optional{std::move(text)}
                                           : std::nullopt;
}

} // namespace caly
