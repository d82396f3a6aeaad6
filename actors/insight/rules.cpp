#include "actors/insight/rules.hpp"

#include "actors/insight/extraction.hpp"
#include "actors/insight/signals.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <map>

namespace caly {

namespace {

/// What the caller's turns point to, and in which turn last.
struct evidence {
  std::map<std::string, std::size_t, std::less<>> last;
  std::map<std::string, int, std::less<>> count;
  std::size_t caller_turns = 0;
  std::string quote; ///< The caller's longest sentence.
  std::map<std::string, std::size_t> languages;

  bool has(std::string_view signal) const { return last.find(signal) != last.end(); }

  /// Turns are counted from 1; 0 is never.
  std::size_t when(std::string_view signal) const {
    const auto found = last.find(signal);
    return found == last.end() ? 0 : found->second;
  }

  int times(std::string_view signal) const {
    const auto found = count.find(signal);
    return found == count.end() ? 0 : found->second;
  }
};

evidence collect(const std::vector<transcript_turn>& turns) {
  evidence out;
  for (const auto& turn : turns) {
    if (turn.role != "caller")
      continue;
    ++out.caller_turns;
    for (const auto& signal : find_signals(turn.text)) {
      out.last[signal] = out.caller_turns;
      ++out.count[signal];
    }
    if (turn.text.size() > out.quote.size())
      out.quote = turn.text;
    if (const auto guess = guess_language(turn.text); guess.confidence >= 0.6)
      ++out.languages[guess.language];
  }
  return out;
}

std::string outcome_of(const evidence& x, const std::vector<std::string>& actions) {
  const auto did = [&](std::string_view kind) {
    return std::ranges::find(actions, kind) != actions.end();
  };
  if (did("do_not_call") || x.has("refusal"))
    return "refusal";
  // A machine speaks first, once or twice, and never answers.
  if (x.has("voicemail") && x.caller_turns <= 3)
    return "voicemail";
  if (did("appointment") || did("reschedule") || did("confirmation"))
    return "appointment";
  const auto no = x.when("not_interested");
  const auto yes = std::max(x.when("interested"), x.when("appointment"));
  const auto later = x.when("callback");
  if (no > 0 && no >= yes)
    return "not_interested";
  if (x.has("appointment"))
    return "appointment";
  if (did("callback") || (later > 0 && later >= x.when("interested")))
    return "callback";
  if (yes > 0 || did("lead"))
    return "interested";
  return "other";
}

std::string sentiment_of(const evidence& x, std::string_view outcome) {
  if (outcome == "voicemail")
    return "neutral";
  auto score = x.times("positive") - 2 * x.times("negative");
  score += outcome == "appointment" || outcome == "interested" ? 1 : 0;
  score -= outcome == "refusal" ? 3 : 0;
  return score > 0 ? "positive" : score < 0 ? "negative" : "neutral";
}

std::string grade_of(std::string_view outcome, std::size_t wanted, std::size_t found) {
  if (outcome == "appointment")
    return "A";
  if (outcome == "interested")
    return wanted > 0 && found * 2 >= wanted ? "A" : "B";
  if (outcome == "callback" || outcome == "other")
    return found > 0 && outcome == "callback" ? "B" : "C";
  return "D";
}

std::string_view outcome_sentence(std::string_view outcome) {
  if (outcome == "appointment")
    return "The caller wants an appointment.";
  if (outcome == "interested")
    return "The caller is interested.";
  if (outcome == "not_interested")
    return "The caller is not interested.";
  if (outcome == "refusal")
    return "The caller does not want to be called again.";
  if (outcome == "voicemail")
    return "A voicemail answered.";
  if (outcome == "callback")
    return "The caller wants to be called back.";
  return "The call ended without a clear result.";
}

std::string
summary_of(std::string_view outcome, const evidence& x, const extracted_fields& fields) {
  std::string out{outcome_sentence(outcome)};
  std::string details;
  for (const auto& phrase : fields.phrases)
    details += (details.empty() ? " Said: " : ", ") + phrase;
  if (!details.empty())
    out += details + '.';
  const auto most = std::ranges::max_element(
      x.languages, {}, [](const auto& entry) { return entry.second; });
  if (most != x.languages.end() && most->first != "en")
    out += most->first == "hi" ? " Spoke Hindi." : " Spoke Hinglish.";
  if (!x.quote.empty() && outcome != "voicemail")
    out += " \"" + one_line(x.quote, 400) + '"';
  return cut_characters(out, summary_chars_max);
}

} // namespace

bool worth_analysis(const std::vector<transcript_turn>& turns, int words_min) {
  std::size_t words = 0;
  for (const auto& turn : turns)
    if (turn.role != "tool")
      words += count_words(turn.text);
  return words >= static_cast<std::size_t>(std::max(words_min, 0));
}

lead_analytics analyse_by_rules(const agent_profile& profile,
                                const std::vector<transcript_turn>& turns,
                                const std::vector<std::string>& actions,
                                std::chrono::local_seconds at,
                                bool machine) {
  const auto heard = collect(turns);
  const auto fields = extract_fields(profile, turns, at);
  lead_analytics out;
  out.outcome = machine ? "voicemail" : outcome_of(heard, actions);
  out.sentiment = sentiment_of(heard, out.outcome);
  out.extracted = fields.json;
  out.grade = grade_of(out.outcome, profile.extraction.size(), fields.found);
  out.summary = summary_of(out.outcome, heard, fields);
  return out;
}

} // namespace caly
