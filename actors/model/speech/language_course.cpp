#include "actors/model/speech/language_course.hpp"

#include "actors/model/speech/spoken_text.hpp"

#include <algorithm>
#include <re2/re2.h>
#include <utility>

namespace caly {

namespace {

constexpr double guess_min = 0.6;
/// Words of a whole sentence. English ones stand in Hindi speech by the handful.
constexpr std::size_t hindi_words_min = 3;
constexpr std::size_t english_words_min = 5;

bool contains(const std::vector<std::string>& list, std::string_view item) {
  return std::ranges::find(list, item) != list.end();
}

bool is_hindi(std::string_view language) {
  return language != "en";
}

} // namespace

language_course::language_course(std::vector<std::string> languages,
                                 language_switching switching)
    : languages_{std::move(languages)}, switching_{switching} {
  if (languages_.empty())
    languages_ = {"en"};
  now_ = languages_.front();
}

/// Hindi and Hinglish stand for each other where an agent speaks only one of them.
std::string language_course::nearest(std::string_view language) const {
  if (contains(languages_, language))
    return std::string{language};
  const auto other = language == "hi"         ? std::string_view{"hinglish"}
                     : language == "hinglish" ? std::string_view{"hi"}
                                              : std::string_view{};
  return contains(languages_, other) ? std::string{other} : std::string{};
}

bool language_course::use(std::string_view language) {
  const auto wanted = nearest(language);
  if (wanted.empty() || wanted == now_ || switching_ == language_switching::never)
    return false;
  now_ = wanted;
  wished_.clear();
  return true;
}

std::optional<std::string> language_course::hear(std::string_view utterance) {
  if (switching_ == language_switching::never || languages_.size() < 2)
    return std::nullopt;
  if (const auto asked = language_asked_for(utterance); !asked.empty())
    return use(asked) ? std::optional{now_} : std::nullopt;
  if (switching_ != language_switching::follow)
    return std::nullopt;
  const auto guess = guess_language(utterance);
  const auto spoken = nearest(guess.language);
  if (spoken.empty() || guess.confidence < guess_min)
    return std::nullopt; // "okay" tells nothing
  if (spoken == now_) {
    wished_.clear();
    return std::nullopt;
  }
  const bool again = std::exchange(wished_, spoken) == spoken;
  // Transcribers write Hindi now in one script, now in the other.
  const bool same_family = is_hindi(spoken) && is_hindi(now_);
  const auto enough = is_hindi(spoken) ? hindi_words_min : english_words_min;
  if (!again && (same_family || count_words(utterance) < enough))
    return std::nullopt;
  return use(spoken) ? std::optional{now_} : std::nullopt;
}

std::string language_asked_for(std::string_view utterance) {
  // In folded spelling: "English" is "englis" here.
  static const RE2 english{
      R"(\b(?:speak|talk|reply|ansver|svitch|continue|prefer|say)\b(?: \S+){0,3}? (hindi|englis)\b|)"
      R"(\b(hindi|englis) please\b|^(hindi|englis|angreji)(?: main| mein| me| mai)?$|)"
      R"(\b(hindi|englis|angreji) (?:mein|main|me|mai) (?:\S+ ){0,2}?(?:bol|bat|kah|kar|samj|sama))"};
  static const RE2 hindi{R"((हिंदी|हिन्दी|अंग्रेजी|इंग्लिश) (?:में|मे)(?: |$))"};
  static const RE2 negated{R"(\b(?:not|dont|nahi|nahin|no)\b|नहीं|नही)"};
  const auto folded = fold_speech(utterance);
  if (RE2::PartialMatch(folded, negated))
    return {}; // "I do not speak English" names the wrong one
  std::string a, b, c, d;
  if (RE2::PartialMatch(folded, english, &a, &b, &c, &d)) {
    const auto name = a + b + c + d;
    return name == "hindi" ? "hi" : "en";
  }
  if (RE2::PartialMatch(folded, hindi, &a))
    return a.starts_with("हि") ? "hi" : "en";
  return {};
}

} // namespace caly
