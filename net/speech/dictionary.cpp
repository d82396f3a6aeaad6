#include "net/speech/dictionary.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <vector>

namespace caly {

namespace {

/// All words in one text, and where each begins, in order.
struct word_list {
  std::string text;
  std::vector<std::string_view> words;
};

} // namespace

std::optional<known_word> read_dictionary(const std::string& model) {
  std::ifstream in{model + "/cmudict-en-us.dict"};
  auto list = std::make_shared<word_list>();
  std::vector<std::size_t> ends;
  for (std::string line; std::getline(in, line);) {
    const auto word = std::string_view{line}.substr(0, line.find(' '));
    if (word.ends_with(')'))
      continue; // another pronunciation: the(2)
    list->text += word;
    ends.push_back(list->text.size());
  }
  if (ends.empty())
    return std::nullopt;
  std::size_t begin = 0;
  for (const auto end : ends) {
    list->words.push_back(std::string_view{list->text}.substr(begin, end - begin));
    begin = end;
  }
  std::ranges::sort(list->words);
  return known_word{[list = std::move(list)](std::string_view word) {
    return std::ranges::binary_search(list->words, word);
  }};
}

} // namespace caly
