#include "net/media/turns/backchannel.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>

namespace caly {

namespace {

constexpr std::size_t words_max = 4;

constexpr std::array<std::string_view, 56> listening{
    "ok",    "okay", "okey",  "k",   "hm",      "hmm",    "hmmm",  "mm",
    "mmm",   "mhm",  "mmhmm", "uh",  "huh",     "uhhuh",  "uhuh",  "um",
    "yeah",  "yep",  "yup",   "yes", "right",   "sure",   "fine",  "good",
    "got",   "it",   "i",     "see", "alright", "great",  "haan",  "han",
    "haa",   "ha",   "ji",    "jee", "achha",   "accha",  "acha",  "achcha",
    "theek", "thik", "tik",   "hai", "sahi",    "bilkul", "हाँ",    "हां",
    "हा",    "जी",   "अच्छा",  "ठीक", "है",       "सही",    "बिल्कुल", "हम्म"};

bool is_letter(unsigned char c) {
  return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

} // namespace

bool is_backchannel(std::string_view words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto c = static_cast<unsigned char>(words[i]);
    // The Hindi full stop, U+0964.
    if (words.substr(i).starts_with("।")) {
      text += ' ';
      i += 2;
    } else if (c == '-' || c == '\'') {
      continue; // "uh-huh"
    } else {
      const auto lower = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      text += is_letter(static_cast<unsigned char>(lower)) ? lower : ' ';
    }
  }
  std::size_t count = 0;
  for (const auto word : split(text, ' ')) {
    if (word.empty())
      continue;
    if (++count > words_max ||
        std::find(listening.begin(), listening.end(), word) == listening.end())
      return false;
  }
  return count > 0;
}

} // namespace caly
