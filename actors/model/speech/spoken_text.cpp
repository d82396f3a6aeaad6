#include "actors/model/speech/spoken_text.hpp"

#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace caly {

namespace {

constexpr std::size_t text_bytes_max = 2000;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Longest first where one begins with another.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> spellings{{
    {"ee", "i"},
    {"oo", "u"},
    {"ph", "f"},
    {"sh", "s"},
    {"th", "t"},
    {"dh", "d"},
    {"kh", "k"},
    {"gh", "g"},
    {"bh", "b"},
    {"jh", "j"},
    {"chh", "ch"},
    {"ck", "k"},
    {"w", "v"},
    {"z", "j"},
}};

/// One run of Latin letters.
std::string fold_letters(std::string_view run) {
  // Words that folding would turn into others: Hindi eight into "at", thirty into "this",
  // and "then" into "ten".
  if (run == "aath" || run == "then")
    return std::string{run};
  if (run == "tees" || run == "tis")
    return "tees";
  std::string out;
  for (std::size_t at = 0; at < run.size();) {
    const auto* found = std::ranges::find_if(spellings, [&](const auto& spelling) {
      return run.substr(at).starts_with(spelling.first);
    });
    if (found == spellings.end()) {
      out += run[at++];
    } else {
      out += found->second;
      at += found->first.size();
    }
  }
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

/// Folds runs of letters and hands everything else to `other`.
template <class Other>
std::string fold_runs(std::string_view text, Other other) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    while (end < text.size() && is_letter(text[end]))
      ++end;
    if (end > at) {
      out += fold_letters(text.substr(at, end - at));
      at = end;
    } else {
      at += other(text, at, out);
    }
  }
  return out;
}

/// The length of the UTF-8 character at `at`, cut at the end of a broken text.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return std::min(bytes, text.size() - at);
}

/// Devanagari letters in one spelling; answers the bytes taken, 0 for anything else.
std::size_t fold_devanagari(std::string_view text, std::size_t at, std::string& out) {
  const auto bytes = character_bytes(text, at);
  if (bytes != 3)
    return 0;
  const auto character = text.substr(at, 3);
  const auto a = static_cast<unsigned char>(character[0]);
  const auto b = static_cast<unsigned char>(character[1]);
  const auto c = static_cast<unsigned char>(character[2]);
  const unsigned code = ((a & 0x0fu) << 12) | ((b & 0x3fu) << 6) | (c & 0x3fu);
  constexpr unsigned chandrabindu = 0x901, nukta = 0x93c, danda = 0x964,
                     double_danda = 0x965;
  if (code >= 0x966 && code <= 0x96f)
    out += static_cast<char>('0' + (code - 0x966));
  else if (code == chandrabindu)
    out += "\u0902";
  else if (code == danda || code == double_danda)
    out += ' ';
  else if (code >= 0x958 && code <= 0x95f) // Letters that carry a nukta of their own.
    out +=
        std::array<const char*, 8>{"क", "ख", "ग", "ज", "ड", "ढ", "फ", "य"}[code - 0x958];
  else if (code >= 0x900 && code <= 0x97f && code != nukta)
    out += character;
  else if (code == 0x2019) // A typographic apostrophe, as in don’t.
    return 3;
  else if (code < 0x900 || code > 0x97f)
    out += ' ';
  return 3;
}

/// Punctuation that belongs to a number, an address or a code when letters surround it.
bool joins(std::string_view text, std::size_t at) {
  constexpr std::string_view inner = "@.+:/-_#";
  if (inner.find(text[at]) == inner.npos)
    return false;
  const auto solid = [&](std::size_t i) {
    return i < text.size() && (is_letter(text[i]) || is_digit(text[i]));
  };
  if (text[at] == '+' || text[at] == '#')
    return solid(at + 1);
  return at > 0 && solid(at - 1) && solid(at + 1);
}

std::string single_spaces(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ')
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += c;
  while (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

const std::set<std::string_view>& hinglish_words() {
  // In folded spelling. None of them is an English word.
  static const std::set<std::string_view> words{
      "ek",     "panch",  "nau",   "gyarah",  "barah",   "hajar",    "aath",
      "hai",    "hain",   "nahi",  "nahin",   "kya",     "kaise",    "kab",
      "kahan",  "kaun",   "kyun",  "mujhe",   "muje",    "mera",     "meri",
      "mere",   "apka",   "apko",  "apki",    "hamara",  "chahie",   "chahiye",
      "karo",   "karna",  "karni", "kijie",   "karunga", "karungi",  "karte",
      "haan",   "han",    "ji",    "acha",    "achcha",  "tik",      "batao",
      "bataie", "bolo",   "bol",   "raha",    "rahi",    "rahe",     "kal",
      "aj",     "parso",  "abi",   "ka",      "ki",      "aur",      "lekin",
      "matlab", "bahut",  "toda",  "namaste", "sukriya", "danyavad", "vala",
      "vale",   "vali",   "baje",  "subah",   "dopahar", "ghar",     "yeh",
      "vo",     "hoga",   "aega",  "ayega",   "milega",  "dijie",    "bej",
      "bejo",   "kitna",  "kitne", "paisa",   "paise",   "mein",     "nam",
      "iska",   "uska",   "liye",  "sakte",   "sakta",   "dena",     "lena",
      "koi",    "kuch",   "kuc",   "gaya",    "aya",     "ap",       "hun",
      "ko",     "hon",    "hu",    "kariye",  "karie",   "kijiye",   "mila",
      "chaie",  "chaiye", "rakho", "sahi",    "galat",   "pata",     "jankari",
      "dekna",  "dek",    "aapse", "aapne"};
  return words;
}

} // namespace

std::string fold_speech(std::string_view text) {
  auto lower = to_lower(text.substr(0, text_bytes_max));
  // Contractions are one word; half of all transcribers leave the apostrophe out.
  std::erase(lower, '\'');
  const auto folded =
      fold_runs(lower, [](std::string_view in, std::size_t at, std::string& out) {
        if (const auto bytes = fold_devanagari(in, at, out))
          return bytes;
        out += is_digit(in[at]) || joins(in, at) ? in[at] : ' ';
        return character_bytes(in, at);
      });
  return single_spaces(folded);
}

std::string fold_pattern(std::string_view pattern) {
  // Escapes such as \S mean another thing in lower case.
  std::string lower = to_lower(pattern);
  for (std::size_t i = 1; i < lower.size(); ++i)
    if (pattern[i - 1] == '\\')
      lower[i] = pattern[i];
  std::erase(lower, '\'');
  return fold_runs(lower, [](std::string_view in, std::size_t at, std::string& out) {
    if (const auto bytes = fold_devanagari(in, at, out))
      return bytes;
    const std::size_t bytes = in[at] == '\\' && at + 1 < in.size() ? 2 : 1;
    out += in.substr(at, bytes);
    return bytes;
  });
}

std::vector<std::string_view> words_of(std::string_view folded) {
  std::vector<std::string_view> out;
  for (const auto word : split(folded, ' '))
    if (!word.empty())
      out.push_back(word);
  return out;
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    count += !space && !inside;
    inside = !space;
  }
  return count;
}

language_guess guess_language(std::string_view text) {
  const auto folded = fold_speech(text);
  std::size_t hindi = 0, mixed = 0, latin = 0;
  for (const auto word : words_of(folded)) {
    if (static_cast<unsigned char>(word.front()) >= 0x80)
      ++hindi;
    else if (is_letter(word.front()))
      ++latin, mixed += hinglish_words().contains(word);
  }
  const auto all = hindi + latin;
  if (all == 0)
    return {};
  if (hindi * 3 >= all)
    return {"hi", 0.5 + 0.5 * static_cast<double>(hindi) / static_cast<double>(all)};
  if (mixed * 5 >= latin && mixed > 0)
    return {"hinglish",
            std::min(1.0, 0.5 + static_cast<double>(mixed) / static_cast<double>(latin))};
  // One or two words such as "okay" or "hello" are said in all three.
  return {"en", latin < 3 ? 0.3 : 0.9};
}

} // namespace caly
