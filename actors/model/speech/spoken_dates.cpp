#include "actors/model/speech/spoken_dates.hpp"

#include "actors/model/speech/spoken_numbers.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <vector>

namespace caly {

namespace {

using namespace std::chrono;

using word_map = std::map<std::string, int, std::less<>>;

/// "a/b c" -> a and b mean `first`, c means `first + step`; keys are folded.
word_map numbered(std::string_view line, int first, int step = 1) {
  word_map out;
  for (const auto group : split(line, ' ')) {
    for (const auto word : split(group, '/'))
      out.emplace(fold_speech(word), first);
    first += step;
  }
  return out;
}

const word_map& weekdays() {
  static const word_map words =
      numbered("sunday/ravivar/itvar/itwaar/रविवार/इतवार monday/somvar/somwar/सोमवार "
               "tuesday/mangalvar/mangalwar/मंगलवार wednesday/budhvar/budhwar/बुधवार "
               "thursday/guruvar/guruwar/brihaspativar/veervar/गुरुवार/बृहस्पतिवार "
               "friday/shukravar/shukrawar/शुक्रवार saturday/shanivar/shaniwar/शनिवार",
               0);
  return words;
}

const word_map& months() {
  static const word_map words =
      numbered("january/jan/janvari/जनवरी february/feb/farvari/फरवरी march/mar/मार्च "
               "april/apr/aprail/अप्रैल may/mai/मई june/jun/जून july/jul/julai/जुलाई "
               "august/aug/agast/अगस्त september/sep/sept/sitambar/सितंबर "
               "october/oct/aktubar/अक्टूबर november/nov/navambar/नवंबर "
               "december/dec/disambar/दिसंबर",
               1);
  return words;
}

std::optional<int> look_up(const word_map& words, std::string_view word) {
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional{found->second};
}

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, value);
  return failed == std::errc{} && rest == end ? std::optional{value} : std::nullopt;
}

/// first to nineteenth, twentieth and thirtieth.
const word_map& ordinals() {
  static const word_map words = [] {
    auto out =
        numbered("first second third fourth fifth sixth seventh eighth ninth tenth "
                 "eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
                 "seventeenth eighteenth nineteenth twentieth",
                 1);
    out.emplace(fold_speech("thirtieth"), 30);
    return out;
  }();
  return words;
}

/// 15, 15th, fifteen or fifteenth.
std::optional<int> day_number(std::string_view word) {
  if (const auto ordinal = look_up(ordinals(), word))
    return ordinal;
  for (const auto* ending : {"t", "st", "nd", "rd"}) // `th` folds to `t`.
    if (word.size() > std::string_view{ending}.size() && word.ends_with(ending))
      if (const auto value =
              whole(word.substr(0, word.size() - std::string_view{ending}.size())))
        return value;
  const auto value = number_word(word);
  return value && *value >= 1 && *value <= 31 ? value : std::nullopt;
}

std::optional<year_month_day> checked(int y, int m, int d) {
  const year_month_day day{year{y},
                           month{static_cast<unsigned>(m)},
                           std::chrono::day{static_cast<unsigned>(d)}};
  return m > 0 && d > 0 && y >= 1900 && y <= 2100 && day.ok() ? std::optional{day}
                                                              : std::nullopt;
}

/// The next such day of the year, today included.
std::optional<year_month_day> ahead(local_days today, int m, int d) {
  const year_month_day now{today};
  for (int y = static_cast<int>(now.year()); y <= static_cast<int>(now.year()) + 4; ++y)
    if (const auto day = checked(y, m, d); day && local_days{*day} >= today)
      return day;
  return std::nullopt;
}

/// 2026-11-21, 21/11/2026, 21-11-26, 21.11.
std::optional<year_month_day> written_date(std::string_view word, local_days today) {
  for (const char separator : {'-', '/', '.'}) {
    const auto parts = split(word, separator);
    if (parts.size() < 2 || parts.size() > 3)
      continue;
    std::vector<int> n;
    for (const auto part : parts)
      if (const auto value = whole(part))
        n.push_back(*value);
    if (n.size() != parts.size())
      continue;
    if (n.size() == 3 && n[0] > 31)
      return checked(n[0], n[1], n[2]);
    if (n.size() == 3)
      return checked(n[2] < 100 ? 2000 + n[2] : n[2], n[1], n[0]);
    if (separator == '/')
      return ahead(today, n[1], n[0]);
  }
  return std::nullopt;
}

std::optional<int> relative_day(const std::vector<std::string_view>& words,
                                std::size_t i) {
  // "day after tomorrow" comes before "tomorrow".
  if (words[i] == fold_speech("tomorrow"))
    return i > 0 && words[i - 1] == "after" ? 2 : 1;
  static const word_map days = [] {
    word_map out = numbered("today/aaj/आज/tonight kal/कल/tmrw parso/parson/परसों/परसो", 0);
    return out;
  }();
  return look_up(days, words[i]);
}

/// "in 3 days", "teen din baad", "३ दिन बाद".
std::optional<int> days_later(const std::vector<std::string_view>& words, std::size_t i) {
  const auto& word = words[i];
  if (i == 0 || (word != "days" && word != "day" && word != "din" && word != "दिन"))
    return std::nullopt;
  const auto behind = i + 1 < words.size() ? words[i + 1] : std::string_view{};
  const bool later = behind == fold_speech("baad") || behind == "bad" ||
                     behind == "बाद" || behind == "later" || behind == "from" ||
                     (i > 1 && (words[i - 2] == "in" || words[i - 2] == "after"));
  const auto count = number_word(words[i - 1]);
  return later && count ? count : std::nullopt;
}

std::optional<year_month_day>
weekday_after(local_days today, int day, bool next_week, bool today_counts) {
  const auto wanted = weekday{static_cast<unsigned>(day)};
  auto distance = (wanted - weekday{today}).count();
  if (distance == 0 && !today_counts)
    distance = 7;
  // "Next Friday" said on a Monday is still open to argument; the later one is meant only
  // when this week's is two days away or less.
  if (next_week && distance <= 2)
    distance += 7;
  return year_month_day{today + days{distance}};
}

struct day_part {
  int usual; ///< Hour that the part alone means.
  bool after_noon;
};

std::optional<day_part> part_of_day(std::string_view word) {
  static const std::map<std::string, day_part, std::less<>> parts = [] {
    std::map<std::string, day_part, std::less<>> out;
    const auto add = [&](std::string_view line, day_part part) {
      for (const auto name : words_of(line))
        out.emplace(fold_speech(name), part);
    };
    add("morning subah savere सुबह सवेरे", {10, false});
    add("noon afternoon dopahar dopehar दोपहर", {14, true});
    add("evening shaam sham शाम", {18, true});
    add("night raat रात", {20, true});
    return out;
  }();
  const auto found = parts.find(word);
  return found == parts.end() ? std::nullopt : std::optional{found->second};
}

/// Minutes that the word before an hour adds: saade +30, sava +15, paune -15.
std::optional<int> quarter_word(std::string_view word) {
  static const std::map<std::string, int, std::less<>> words{{fold_speech("saadhe"), 30},
                                                             {fold_speech("saade"), 30},
                                                             {fold_speech("sava"), 15},
                                                             {fold_speech("paune"), -15},
                                                             {fold_speech("साढ़े"), 30},
                                                             {"साढे", 30},
                                                             {"सवा", 15},
                                                             {"पौने", -15}};
  const auto found = words.find(word);
  return found == words.end() ? std::nullopt : std::optional{found->second};
}

/// "half past five", "quarter to five".
int english_shift(const std::vector<std::string_view>& words, std::size_t i) {
  if (i < 2 || (words[i - 1] != "past" && words[i - 1] != "to"))
    return 0;
  const int minutes = words[i - 2] == "half" ? 30 : words[i - 2] == "quarter" ? 15 : 0;
  return words[i - 1] == "to" ? -minutes : minutes;
}

bool is_oclock(std::string_view word) {
  static const std::vector<std::string> words{
      fold_speech("oclock"), fold_speech("o'clock"), "baje", "baj", "बजे"};
  return std::ranges::find(words, word) != words.end();
}

/// 5, 17:30, 5.30, 5pm.
std::optional<std::pair<int, int>> clock_word(std::string_view word) {
  for (const char separator : {':', '.'})
    if (const auto at = word.find(separator); at != word.npos) {
      const auto hour = whole(word.substr(0, at));
      const auto minute = whole(word.substr(at + 1));
      if (hour && minute && *hour < 24 && *minute < 60)
        return std::pair{*hour, *minute};
      return std::nullopt;
    }
  const auto hour = number_word(word);
  if (hour && *hour <= 24)
    return std::pair{*hour % 24, 0};
  return std::nullopt;
}

struct heard_time {
  std::optional<std::pair<int, int>> clock;
  bool exact = false; ///< Said with o'clock, am, pm or minutes.
  std::optional<bool> after_noon;
  std::optional<int> usual;
  int shift = 0;
};

/// Takes `am` and `pm`, alone or at the end of a number; answers the rest of the word.
std::string_view strip_half(std::string_view word, heard_time& out) {
  for (const bool pm : {false, true}) {
    const std::string_view half = pm ? "pm" : "am";
    if (word == half || (word.ends_with(half) && word[0] >= '0' && word[0] <= '9')) {
      out.after_noon = pm;
      out.exact = true;
      return word.substr(0, word.size() - 2);
    }
  }
  return word;
}

std::string clock_text(const heard_time& x) {
  auto [hour, minute] = *x.clock;
  const bool after_noon = x.after_noon.value_or(hour >= 1 && hour <= 7);
  if (hour < 12 && after_noon && !(x.usual == 20 && hour < 5))
    hour += 12;
  else if (hour == 12 && x.after_noon == false)
    hour = 0;
  const auto total = (hour * 60 + minute + x.shift + 24 * 60) % (24 * 60);
  return fmt::format("{:02}:{:02}", total / 60, total % 60);
}

} // namespace

std::optional<year_month_day> find_date(std::string_view folded, local_days today) {
  const auto words = words_of(folded);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (const auto written = written_date(words[i], today))
      return written;
    if (const auto offset = relative_day(words, i))
      return year_month_day{today + days{*offset}};
    const auto before = i > 0 ? words[i - 1] : std::string_view{};
    const auto behind = i + 1 < words.size() ? words[i + 1] : std::string_view{};
    if (const auto day = look_up(weekdays(), words[i]))
      return weekday_after(
          today, *day, before == "next" || before == "agle" || before == "अगले", false);
    if (const auto later = days_later(words, i))
      return year_month_day{today + days{*later}};
    if (const auto month = look_up(months(), words[i])) {
      auto at = i > 1 && before == "of" ? i - 2 : i - 1;
      auto d = i > 0 ? day_number(words[at]) : std::nullopt;
      // "twenty first"; "one" to "nine" alone come after it too.
      if (d && *d < 10 && at > 0 &&
          (words[at - 1] == "tventy" || words[at - 1] == "tirty"))
        d = *d + (words[at - 1] == "tventy" ? 20 : 30);
      auto year_at = i + 1;
      if (!d && (d = day_number(behind)))
        ++year_at;
      if (!d)
        continue;
      const auto y = year_at < words.size() ? whole(words[year_at]) : std::nullopt;
      return y && *y >= 1900 ? checked(*y, *month, *d) : ahead(today, *month, *d);
    }
    if (words[i] == fold_speech("tarikh") || words[i] == "तारीख")
      if (const auto d = day_number(before)) {
        const year_month_day now{today};
        const auto m = static_cast<int>(static_cast<unsigned>(now.month()));
        const auto day = checked(static_cast<int>(now.year()), m, *d);
        if (day && local_days{*day} >= today)
          return day;
        return ahead(today, m % 12 + 1, *d);
      }
  }
  return std::nullopt;
}

std::optional<std::string> find_time(std::string_view folded) {
  heard_time out;
  const auto words = words_of(folded);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto before = i > 0 ? words[i - 1] : std::string_view{};
    if (const auto part = part_of_day(words[i])) {
      out.after_noon = part->after_noon;
      out.usual = part->usual;
      continue;
    }
    if (is_oclock(words[i])) {
      out.exact = out.clock.has_value();
      continue;
    }
    const bool settled = out.exact;
    const auto word = strip_half(words[i], out);
    if (const auto clock = clock_word(word); clock && !word.empty() && !settled) {
      // "15 march" and "order 4521" are no times; a later "5 baje" is.
      out.clock = clock;
      out.exact =
          out.exact || word.find(':') != word.npos || before == "at" || before == "by";
      out.shift = quarter_word(before).value_or(english_shift(words, i));
      out.exact = out.exact || out.shift != 0;
    }
  }
  if (out.clock && (out.exact || out.after_noon || words.size() <= 3))
    return clock_text(out);
  if (out.usual)
    return fmt::format("{:02}:00", *out.usual);
  return std::nullopt;
}

std::string iso_date(year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}",
                     static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::string say_date(std::string_view iso, std::string_view language) {
  static constexpr std::array<std::string_view, 12> english{"January",
                                                            "February",
                                                            "March",
                                                            "April",
                                                            "May",
                                                            "June",
                                                            "July",
                                                            "August",
                                                            "September",
                                                            "October",
                                                            "November",
                                                            "December"};
  static constexpr std::array<std::string_view, 12> hindi{"जनवरी",
                                                          "फ़रवरी",
                                                          "मार्च",
                                                          "अप्रैल",
                                                          "मई",
                                                          "जून",
                                                          "जुलाई",
                                                          "अगस्त",
                                                          "सितंबर",
                                                          "अक्टूबर",
                                                          "नवंबर",
                                                          "दिसंबर"};
  const auto day = iso.size() == 10 ? written_date(iso, local_days{}) : std::nullopt;
  if (!day)
    return std::string{iso};
  const auto month = static_cast<unsigned>(day->month()) - 1;
  return fmt::format("{} {}",
                     static_cast<unsigned>(day->day()),
                     language == "hi" ? hindi[month] : english[month]);
}

std::optional<local_seconds> parse_local_time(std::string_view text) {
  if (text.size() != 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' ||
      text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto y = whole(text.substr(0, 4)), m = whole(text.substr(5, 2)),
             d = whole(text.substr(8, 2)), h = whole(text.substr(11, 2)),
             min = whole(text.substr(14, 2)), s = whole(text.substr(17, 2));
  if (!y || !m || !d || !h || !min || !s || *h > 23 || *min > 59 || *s > 59)
    return std::nullopt;
  const auto day = checked(*y, *m, *d);
  if (!day)
    return std::nullopt;
  return local_seconds{local_days{*day} + hours{*h} + minutes{*min} + seconds{*s}};
}

} // namespace caly
