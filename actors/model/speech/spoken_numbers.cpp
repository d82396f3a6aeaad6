#include "actors/model/speech/spoken_numbers.hpp"

#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace caly {

namespace {

// Spellings of 0..99, each line ten values; several spellings of one value with '/'.
constexpr std::array<std::string_view, 10> latin_hindi{
    "shunya/zero ek do teen/tin chaar/char paanch/panch chhe/chhah/che/cheh saat aath "
    "nau",
    "das/dus gyarah/gyara barah/bara terah/tera chaudah/chauda pandrah/pandra solah/sola "
    "satrah/satra atharah/athara unnis",
    "bees/bis ikkis bais/baees teis/teees chaubis pachchis/pachis/pacchis chhabbis "
    "sattais atthais/athais untis/unattis",
    "tees/tis ikattis/iktis battis taintis/tetis chauntis paintis chhattis saintis adtis "
    "untalis/unchalis",
    "chalis/chaalees iktalis bayalis taintalis/tetalis chauvalis/chavalis paintalis "
    "chhiyalis saintalis adtalis unchas",
    "pachas/pachaas ikyavan bavan tirpan/trepan chauvan pachpan chhappan sattavan "
    "atthavan unsath",
    "saath/sath iksath basath tirsath chaunsath painsath chhiyasath sadsath adsath "
    "unhattar",
    "sattar ikhattar bahattar tihattar chauhattar pachattar/pachhattar chhihattar "
    "satattar/sathattar athattar unasi/unnasi",
    "assi ikyasi bayasi tirasi chaurasi pachasi chhiyasi satasi athasi navasi",
    "nabbe/navve ikyanve banve tiranve chauranve pachanve/panchanve chhiyanve sattanve "
    "atthanve ninyanve"};

constexpr std::array<std::string_view, 10> devanagari{
    "शून्य/ज़ीरो/जीरो एक दो तीन चार पाँच/पांच छह/छः/छे/छ सात आठ नौ",
    "दस ग्यारह बारह तेरह चौदह पंद्रह/पन्द्रह सोलह सत्रह अठारह उन्नीस",
    "बीस इक्कीस बाईस/बाइस तेईस/तेइस चौबीस पच्चीस छब्बीस सत्ताईस/सत्ताइस अट्ठाईस/अट्ठाइस "
    "उनतीस/उन्तीस",
    "तीस इकतीस/इकत्तीस बत्तीस तैंतीस/तेंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस",
    "चालीस इकतालीस बयालीस तैंतालीस चौवालीस/चवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस "
    "उनचास",
    "पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ",
    "साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर",
    "सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी",
    "अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सतासी अट्ठासी नवासी",
    "नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"};

constexpr std::string_view english_small =
    "zero one two three four five six seven eight nine ten eleven twelve thirteen "
    "fourteen fifteen sixteen seventeen eighteen nineteen";
constexpr std::string_view english_tens =
    "twenty thirty forty/fourty fifty sixty seventy eighty ninety";

using word_table = std::map<std::string, int, std::less<>>;

void add(word_table& out, std::string_view line, int first, int step) {
  int value = first;
  for (const auto word : words_of(line)) {
    for (const auto spelling : split(word, '/'))
      // The first meaning stays: `saath` is 60 only where `saat` (7) did not claim it.
      out.emplace(fold_speech(spelling), value);
    value += step;
  }
}

const word_table& number_words() {
  static const word_table words = [] {
    word_table out;
    for (std::size_t i = 0; i < latin_hindi.size(); ++i) {
      add(out, latin_hindi[i], static_cast<int>(i) * 10, 1);
      add(out, devanagari[i], static_cast<int>(i) * 10, 1);
    }
    add(out, english_small, 0, 1);
    add(out, english_tens, 20, 10);
    return out;
  }();
  return words;
}

struct scale {
  std::string_view word;
  double factor;
};

/// Folded spellings.
constexpr std::array<scale, 21> scales{
    {{"hundred", 100}, {"sau", 100},    {"so", 100},   {"सौ", 100},   {"tousand", 1e3},
     {"hajar", 1e3},   {"k", 1e3},      {"हजार", 1e3}, {"lak", 1e5},  {"lac", 1e5},
     {"laks", 1e5},    {"lacs", 1e5},   {"l", 1e5},    {"लाख", 1e5},  {"crore", 1e7},
     {"karor", 1e7},   {"crores", 1e7}, {"cr", 1e7},   {"करोड", 1e7}, {"million", 1e6},
     {"milion", 1e6}}};

std::optional<double> scale_of(std::string_view word) {
  const auto* found = std::ranges::find(scales, word, &scale::word);
  return found == scales.end() ? std::nullopt : std::optional{found->factor};
}

/// Halves and quarters that Hindi puts before a number or a scale.
std::optional<double> fraction_word(std::string_view word) {
  static const std::map<std::string, double, std::less<>> words{
      {fold_speech("dedh"), 1.5},
      {fold_speech("dhai"), 2.5},
      {"adai", 2.5},
      {"डेढ", 1.5},
      {"ढाई", 2.5},
      {"अढाई", 2.5}};
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional{found->second};
}

/// A word of digits, perhaps with a fraction and a scale letter: `45`, `1.5`, `80k`.
std::optional<double> written_number(std::string_view word) {
  if (word.empty() || word.size() > 15)
    return std::nullopt;
  double value = 0;
  const auto* end = word.data() + word.size();
  const auto [rest, failed] =
      std::from_chars(word.data(), end, value, std::chars_format::fixed);
  if (failed != std::errc{} || value < 0)
    return std::nullopt;
  if (rest == end)
    return value;
  const auto factor = scale_of({rest, static_cast<std::size_t>(end - rest)});
  return factor ? std::optional{value * *factor} : std::nullopt;
}

bool english_after_do(std::string_view folded_word) {
  constexpr std::array<std::string_view, 8> words{
      "you", "i", "not", "it", "te", "tey", "ve", "have"};
  return std::ranges::find(words, folded_word) != words.end();
}

} // namespace

std::optional<int> number_word(std::string_view folded_word) {
  if (const auto found = number_words().find(folded_word); found != number_words().end())
    return found->second;
  const auto written = written_number(folded_word);
  if (written && *written < 100 && *written == static_cast<int>(*written))
    return static_cast<int>(*written);
  return std::nullopt;
}

std::optional<double> find_number(std::string_view folded) {
  double total = 0, group = 0;
  bool any = false;
  const auto words = words_of(folded);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    // Two in Hindi, but a verb at the beginning of an English question.
    if (word == "do" && i + 1 < words.size() && english_after_do(words[i + 1]))
      continue;
    const auto factor = scale_of(word);
    if (const auto fraction = fraction_word(word)) {
      group += *fraction;
      any = true;
    } else if (factor && any) {
      group = (group == 0 ? 1 : group) * *factor;
      if (*factor >= 1000) {
        total += group;
        group = 0;
      }
    } else if (const auto value = written_number(word)) {
      group += *value;
      any = true;
    } else if (const auto small = number_word(word)) {
      group += *small;
      any = true;
    } else if (any && word != "and") {
      break;
    }
  }
  return any ? std::optional{total + group} : std::nullopt;
}

std::string find_digits(std::string_view folded) {
  std::string best, run;
  int repeat = 1;
  for (const auto word : words_of(folded)) {
    if (word == "double" || word == "dabl" || word == "डबल") {
      repeat = 2;
      continue;
    }
    if (word == "triple" || word == "tripl" || word == "ट्रिपल") {
      repeat = 3;
      continue;
    }
    const bool written = std::ranges::all_of(
        word, [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '+'; });
    std::string digits;
    if (written)
      std::ranges::copy_if(
          word, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    else if (const auto value = number_word(word))
      digits = std::to_string(*value);
    if (digits.empty())
      run.clear();
    for (; !digits.empty() && repeat > 0; --repeat)
      run += digits;
    repeat = 1;
    if (run.size() > best.size() && run.size() <= 20)
      best = run;
  }
  return best;
}

} // namespace caly
