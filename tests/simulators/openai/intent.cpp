#include "tests/simulators/openai/intent.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <utility>
#include <vector>

namespace caly::sim {

namespace {

struct rule {
  intent meaning;
  std::vector<std::string_view> parts;
};

/// The first rule that fits wins, so what says more stands first.
const std::vector<rule>& rules() {
  static const std::vector<rule> all{
      {intent::voicemail, {"leave a message", "voicemail"}},
      {intent::refusal,
       {"don't call me",
        "do not call",
        "remove my number",
        "stop calling",
        "call mat kar",
        "फ़ोन मत",
        "दोबारा मत"}},
      {intent::not_interested,
       {"not interested",
        "no interest",
        "interest nahi",
        "रुचि नहीं",
        "नहीं चाहिए",
        "nahi chahiye"}},
      {intent::later,
       {"call me later", "busy", "call back", "baad mein", "बाद में", "व्यस्त"}},
      {intent::order_number, {"order number", "ऑर्डर नंबर"}},
      {intent::delivery, {"delivered", "kab tak", "कब तक"}},
      {intent::order_status, {"order", "ऑर्डर"}},
      {intent::appointment, {"appointment", "अपॉइंटमेंट", "site visit", "test drive"}},
      {intent::name, {"my name is", "mera naam", "मेरा नाम"}},
      {intent::goodbye, {"goodbye", "bye", "thank you", "धन्यवाद"}},
      {intent::price, {"price", "cost", "how much", "कीमत", "kitna"}},
      {intent::who, {"who is this", "kaun bol", "कौन बोल"}},
      {intent::place, {"office", "ऑफिस", "address", "where are you"}},
      {intent::hours, {"timing", "आपका समय", "open till"}},
      {intent::offers, {"offer", "ऑफर", "discount"}},
      {intent::moment, {"tomorrow", "eleven", "gyarah", "कल", "बजे", "kal "}},
      {intent::hearing, {"can you hear", "awaaz", "आवाज़", "hello?"}},
      {intent::interest,
       {"interest",
        "tell me more",
        "yes",
        "haan",
        "हाँ",
        "batao",
        "बताइए",
        "details",
        "go on",
        "go ahead",
        "good",
        "अच्छा",
        "accha",
        "जानकारी"}},
  };
  return all;
}

constexpr std::array<std::pair<std::string_view, char>, 20> digit_words{{
    {"zero", '0'}, {"one", '1'}, {"two", '2'},   {"three", '3'}, {"four", '4'},
    {"five", '5'}, {"six", '6'}, {"seven", '7'}, {"eight", '8'}, {"nine", '9'},
    {"शून्य", '0'},  {"एक", '1'},  {"दो", '2'},    {"तीन", '3'},   {"चार", '4'},
    {"पाँच", '5'},  {"छह", '6'},  {"सात", '7'},   {"आठ", '8'},    {"नौ", '9'},
}};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const auto c : to_lower(text)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty())
    words.push_back(std::move(word));
  return words;
}

} // namespace

bool mentions(std::string_view text, std::string_view part) {
  return to_lower(text).find(to_lower(part)) != std::string::npos;
}

intent intent_of(std::string_view text) {
  const auto lower = to_lower(text);
  for (const auto& rule : rules())
    for (const auto part : rule.parts)
      if (lower.find(part) != std::string::npos)
        return rule.meaning;
  return intent::other;
}

bool has_devanagari(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) == 0xE0 &&
        (static_cast<unsigned char>(text[i + 1]) == 0xA4 ||
         static_cast<unsigned char>(text[i + 1]) == 0xA5))
      return true;
  return false;
}

tongue tongue_of(std::string_view text) {
  if (has_devanagari(text))
    return tongue::hindi;
  static constexpr std::array<std::string_view, 14> romanised{"hai",
                                                              "nahi",
                                                              "haan",
                                                              "mujhe",
                                                              "mera",
                                                              "kya",
                                                              "theek",
                                                              "kahan",
                                                              "karo",
                                                              "mein",
                                                              "aapka",
                                                              "kaun",
                                                              "batao",
                                                              "aayega"};
  for (const auto& word : words_of(text))
    if (std::find(romanised.begin(), romanised.end(), word) != romanised.end())
      return tongue::hinglish;
  return tongue::english;
}

std::string spoken_digits(std::string_view text) {
  std::string digits;
  for (const auto& word : words_of(text)) {
    if (std::all_of(word.begin(), word.end(), [](unsigned char c) {
          return std::isdigit(c) != 0;
        })) {
      digits += word;
      continue;
    }
    for (const auto& [name, digit] : digit_words)
      if (word == name)
        digits += digit;
  }
  return digits.size() >= 3 ? digits : std::string{};
}

} // namespace caly::sim
