#include "net/media/cascade/sentence_splitter.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>

namespace caly {

namespace {

constexpr std::string_view danda = "।";

constexpr std::array<std::string_view, 9> abbreviations{
    "rs", "dr", "mr", "mrs", "ms", "st", "no", "vs", "shri"};

bool is_space(char c) {
  return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// The word that ends right before `at`, in small letters.
std::string word_before(std::string_view text, std::size_t at) {
  auto begin = at;
  while (begin > 0 && !is_space(text[begin - 1]))
    --begin;
  std::string word{text.substr(begin, at - begin)};
  std::transform(word.begin(), word.end(), word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return word;
}

bool is_abbreviation(std::string_view text, std::size_t dot) {
  const auto word = word_before(text, dot);
  // An initial, or the number of a list.
  return word.size() == 1 ||
         std::find(abbreviations.begin(), abbreviations.end(), word) !=
             abbreviations.end();
}

/// Bytes of the first piece of `text` that is complete; 0: none is.
std::size_t piece_in(std::string_view text, bool first) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = text[i];
    if (c == '\n' && i > 0)
      return i + 1;
    if (text.substr(i).starts_with(danda))
      return i + danda.size();
    // What follows tells whether it was an end: "3.5", "a?!".
    const bool followed = i + 1 < text.size() && is_space(text[i + 1]);
    if ((c == '?' || c == '!') && followed)
      return i + 1;
    if (c == '.' && followed && !is_abbreviation(text, i))
      return i + 1;
    const bool clause = c == ',' || c == ';' || c == ':';
    if (first && clause && followed && i >= sentence_splitter::clause_min)
      return i + 1;
    if (i + 1 >= sentence_splitter::piece_max && i + 1 < text.size()) {
      const auto space = text.substr(0, i + 1).find_last_of(" \n");
      auto end = space == std::string_view::npos || space == 0 ? i + 1 : space;
      // Never within a letter.
      while (end > 1 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
      return end;
    }
  }
  return 0;
}

} // namespace

std::vector<std::string> sentence_splitter::add(std::string_view more) {
  text_ += more;
  std::vector<std::string> pieces;
  for (;;) {
    const auto size = piece_in(text_, first_);
    if (size == 0)
      return pieces;
    std::string piece{trim(std::string_view{text_}.substr(0, size))};
    text_.erase(0, size);
    if (piece.empty())
      continue;
    first_ = false;
    pieces.push_back(std::move(piece));
  }
}

std::string sentence_splitter::rest() {
  std::string last{trim(text_)};
  text_.clear();
  first_ = true;
  return last;
}

} // namespace caly
