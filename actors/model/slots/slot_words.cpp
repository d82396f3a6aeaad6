#include "actors/model/slots/slot_words.hpp"

#include "actors/model/speech/number_speech.hpp"
#include "actors/model/speech/value_speech.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

/// In one of three languages.
template <class... Args>
std::string said(std::string_view language,
                 std::string_view english,
                 std::string_view hindi,
                 std::string_view hinglish,
                 const Args&... args) {
  return fmt::format(fmt::runtime(words_in(language, english, hindi, hinglish)), args...);
}

std::string plain(double value) {
  return fmt::format("{}", value);
}

std::string amount_words(std::string_view value, std::string_view language) {
  const auto point = value.find('.');
  std::int64_t units = 0;
  int hundredths = 0;
  const auto whole = value.substr(0, point);
  std::from_chars(whole.data(), whole.data() + whole.size(), units);
  if (point != value.npos) {
    const auto part = value.substr(point + 1);
    std::from_chars(part.data(), part.data() + part.size(), hundredths);
  }
  return say_amount(units, hundredths, "INR", language);
}

std::string time_words(std::string_view value, std::string_view language) {
  int hour = 0, minute = 0;
  if (value.size() == 5) {
    std::from_chars(value.data(), value.data() + 2, hour);
    std::from_chars(value.data() + 3, value.data() + 5, minute);
  }
  return say_time(hour, minute, true, language);
}

std::string_view repeat_words(std::string_view language) {
  return words_in(language,
                  "Please say all of it again.",
                  "कृपया पूरा फिर से बताइए।",
                  "Please poora phir se bataiye.");
}

std::string choices_of(const agent_slot& slot) {
  std::string out;
  for (const auto& choice : slot.choices)
    out += (out.empty() ? "" : ", ") + choice.substr(0, choice.find('/'));
  return out;
}

std::string day_words(const std::string& bound, std::string_view language) {
  const auto day = parse_iso_date(bound);
  return day ? say_day(*day, day_parts::day_and_year, language) : std::string{};
}

} // namespace

std::string read_back_words(const agent_slot& slot,
                            std::string_view value,
                            std::string_view language) {
  if (slot.type == "phone")
    return say_phone(value.starts_with("+91") ? value.substr(3) : value, language);
  if (slot.type == "pin")
    return say_pin_code(value, language);
  if (slot.type == "code")
    return say_code(value, language);
  if (slot.type == "email")
    return spell_email(value, language);
  if (slot.type == "name")
    return spell_name(value);
  if (slot.type == "amount")
    return amount_words(value, language);
  if (slot.type == "number")
    return say_decimal(value, language);
  if (slot.type == "time")
    return time_words(value, language);
  if (const auto day = parse_iso_date(value); slot.type == "date" && day)
    return say_day(*day, day_parts::weekday_too, language);
  return std::string{value};
}

std::string read_back_question(const agent_slot& slot,
                               std::string_view value,
                               std::string_view language) {
  return said(language,
              "I have {}. Is that right?",
              "मैंने नोट किया: {}। क्या यह सही है?",
              "Maine note kiya: {}. Sahi hai?",
              read_back_words(slot, value, language));
}

std::string say_problem(const agent_slot& slot,
                        const slot_reading& reading,
                        std::string_view language) {
  const auto label = slot_label(slot);
  std::string why;
  switch (reading.problem) {
  case slot_problem::none:
    return {};
  case slot_problem::not_heard:
    why = said(language,
               "Sorry, I did not hear the {}.",
               "माफ़ कीजिए, मुझे {} सुनाई नहीं दिया।",
               "Sorry, mujhe {} sunai nahi diya.",
               label);
    break;
  case slot_problem::wrong_length:
    why = said(language,
               "I heard {} digits; a {} has {}.",
               "मुझे {} अंक सुनाई दिए; {} में {} अंक होते हैं।",
               "Mujhe {} digit sunai diye; {} mein {} hote hain.",
               reading.detail,
               label,
               slot.type == "pin" ? 6 : 10);
    break;
  case slot_problem::not_valid:
    why = slot.type == "pin" ? said(language,
                                    "A PIN code does not begin with zero.",
                                    "पिन कोड शून्य से शुरू नहीं होता।",
                                    "PIN code zero se shuru nahi hota.")
                             : said(language,
                                    "That number cannot be right.",
                                    "यह नंबर सही नहीं लगता।",
                                    "Yeh number sahi nahi lagta.");
    break;
  case slot_problem::too_small:
    why = said(language,
               "The {} must be at least {}.",
               "{} कम से कम {} होना चाहिए।",
               "{} kam se kam {} hona chahiye.",
               label,
               plain(slot.min.value_or(0)));
    break;
  case slot_problem::too_large:
    why = said(language,
               "The {} may be at most {}.",
               "{} ज़्यादा से ज़्यादा {} हो सकता है।",
               "{} zyada se zyada {} ho sakta hai.",
               label,
               plain(slot.max.value_or(0)));
    break;
  case slot_problem::too_early:
    if (const auto day = day_words(slot.earliest, language); !day.empty())
      why = said(language,
                 "The first possible day is {}.",
                 "सबसे पहला दिन {} है।",
                 "Sabse pehla din {} hai.",
                 day);
    else
      why = said(language,
                 "That day is too early.",
                 "वह दिन बहुत जल्दी है।",
                 "Woh din bahut jaldi hai.");
    break;
  case slot_problem::too_late:
    if (const auto day = day_words(slot.latest, language); !day.empty())
      why = said(language,
                 "The last possible day is {}.",
                 "आख़िरी दिन {} है।",
                 "Aakhri din {} hai.",
                 day);
    else
      why = said(language,
                 "That day is too late.",
                 "वह दिन बहुत देर से है।",
                 "Woh din bahut late hai.");
    break;
  case slot_problem::no_choice:
    return said(language,
                "You can choose: {}.",
                "आप इनमें से चुन सकते हैं: {}।",
                "Aap inme se chun sakte hain: {}.",
                choices_of(slot));
  }
  return why + ' ' + std::string{repeat_words(language)};
}

std::string ask_again(const agent_slot& slot, std::string_view language) {
  return said(language, "Sorry about that. ", "माफ़ कीजिए। ", "Sorry. ") +
         std::string{in_language(slot.prompt, language)};
}

std::string slot_label(const agent_slot& slot) {
  std::string out = slot.name;
  std::ranges::replace(out, '_', ' ');
  return out;
}

} // namespace caly
