#include "actors/model/speech/intent_matcher.hpp"

#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>
#include <map>
#include <re2/re2.h>
#include <re2/set.h>
#include <set>

namespace caly {

namespace {

constexpr std::int64_t memory_bytes_max = 8 << 20;

RE2::Options options() {
  RE2::Options out;
  out.set_log_errors(false);
  out.set_longest_match(true);
  out.set_max_mem(memory_bytes_max);
  return out;
}

/// Whole words only; RE2's \b knows no Devanagari, so texts are padded with spaces.
std::string whole_words(std::string_view pattern) {
  return " (?:" + fold_pattern(pattern) + ") ";
}

bool is_negation(std::string_view word) {
  static const std::set<std::string_view> words{"not",
                                                "no",
                                                "dont",
                                                "doesnt",
                                                "didnt",
                                                "cant",
                                                "vont",
                                                "never",
                                                "vithout",
                                                "nahi",
                                                "nahin",
                                                "mat",
                                                "na",
                                                "नहीं",
                                                "नही",
                                                "मत",
                                                "ना",
                                                "न"};
  return words.contains(word);
}

/// Whether the words around `[begin, end)` say no: English before, Hindi behind.
bool negated(std::string_view padded, std::size_t begin, std::size_t end) {
  const auto before = words_of(padded.substr(0, begin));
  const auto first = before.size() > 3 ? before.end() - 3 : before.begin();
  if (std::any_of(first, before.end(), is_negation))
    return true;
  const auto behind = words_of(padded.substr(end));
  const auto last = behind.size() > 2 ? behind.begin() + 2 : behind.end();
  return std::any_of(behind.begin(), last, is_negation) ||
         std::ranges::any_of(words_of(padded.substr(begin, end - begin)), is_negation);
}

struct compiled {
  const agent_intent* intent;
  std::unique_ptr<RE2> pattern;
};

} // namespace

struct intent_matcher::parts {
  explicit parts() : set{options(), RE2::UNANCHORED} {}

  RE2::Set set;
  std::vector<compiled> patterns;
};

intent_matcher::intent_matcher(std::unique_ptr<parts> x) : parts_{std::move(x)} {}

intent_matcher::intent_matcher(intent_matcher&&) noexcept = default;

intent_matcher& intent_matcher::operator=(intent_matcher&&) noexcept = default;

intent_matcher::~intent_matcher() = default;

caf::expected<intent_matcher> intent_matcher::make(const agent_profile& profile) {
  auto built = std::make_unique<parts>();
  std::string problems;
  for (const auto& intent : profile.intents)
    for (const auto& text : intent.patterns) {
      const auto pattern = whole_words(text);
      auto compiled = std::make_unique<RE2>(pattern, options());
      std::string problem = compiled->error();
      if (compiled->ok() && built->set.Add(pattern, &problem) >= 0)
        built->patterns.push_back({&intent, std::move(compiled)});
      else
        problems += intent.name + ": \"" + text + "\": " + problem + "; ";
    }
  if (!problems.empty())
    return caf::make_error(errc::invalid, problems);
  if (!built->patterns.empty() && !built->set.Compile())
    return caf::make_error(errc::too_large,
                           std::string{"the patterns need too much memory"});
  return intent_matcher{std::move(built)};
}

std::vector<intent_match> intent_matcher::match(std::string_view utterance) const {
  const auto folded = fold_speech(utterance);
  if (folded.empty() || parts_->patterns.empty())
    return {};
  const auto padded = ' ' + folded + ' ';
  std::vector<int> hits;
  parts_->set.Match(padded, &hits);
  const auto words = static_cast<double>(words_of(folded).size());
  std::map<const agent_intent*, double> scores;
  for (const auto hit : hits) {
    const auto& [intent, pattern] = parts_->patterns[static_cast<std::size_t>(hit)];
    re2::StringPiece span;
    if (!pattern->Match(padded, 0, padded.size(), RE2::UNANCHORED, &span, 1))
      continue;
    const auto begin = static_cast<std::size_t>(span.data() - padded.data());
    const auto covered = static_cast<double>(words_of({span.data(), span.size()}).size());
    // Long sentences carry much that no pattern names; six words are enough to be sure.
    auto score =
        intent->weight * (0.5 + 0.5 * std::min(1.0, covered / std::min(words, 6.0)));
    if (intent->negatable && negated(padded, begin, begin + span.size()))
      score *= 0.3;
    auto& best = scores[intent];
    // A second pattern of the same intent is further evidence.
    best = best == 0 ? score : std::max(best, score) + 0.05;
  }
  std::vector<intent_match> out;
  for (const auto& [intent, score] : scores)
    out.push_back({intent, std::min(1.0, score)});
  const auto* first = parts_->patterns.front().intent;
  std::ranges::sort(out, [&](const intent_match& a, const intent_match& b) {
    // Equal scores: the order of the agent's file decides, never an address.
    return a.confidence != b.confidence ? a.confidence > b.confidence
                                        : a.intent - first < b.intent - first;
  });
  return out;
}

} // namespace caly
