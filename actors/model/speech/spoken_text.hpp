#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Folds what was said so that spellings of one word become one text: lower case, no
/// punctuation, single spaces, and for Latin letters the usual freedoms of Hinglish
/// (`theek` = `thik` = `teek`, `phone` = `fone`, `wala` = `vala`, `haaan` = `han`).
/// Devanagari loses nukta, chandrabindu becomes anusvara, Devanagari digits become
/// ASCII. Digits, `@`, `.`, `+`, `:`, `/` and `-` inside words stay.
/// At most the first 2000 bytes count.
std::string fold_speech(std::string_view text);

/// Folds the letters of a pattern in the same way and leaves its operators alone.
std::string fold_pattern(std::string_view pattern);

std::vector<std::string_view> words_of(std::string_view folded);

/// How many words were spoken, before any folding.
std::size_t count_words(std::string_view text);

struct language_guess {
  std::string language; ///< en, hi, hinglish; empty when the text does not tell.
  double confidence = 0;
};

/// Hindi by script, Hinglish by its small words, else English.
language_guess guess_language(std::string_view text);

} // namespace caly
