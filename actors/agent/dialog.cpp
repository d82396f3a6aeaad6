#include "actors/agent/dialog.hpp"

#include "actors/agent/realtime_session.hpp"
#include "actors/model/speech/slot_filler.hpp"
#include "actors/model/speech/spoken_dates.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr int misses_max = 3;
constexpr int asked_times_max = 2;
constexpr int utterances_max = 60;
/// An intent this sure is meant even while another question is open.
constexpr double interrupt_confidence = 0.7;

const by_language& confirm_question() {
  static const by_language texts{
      {"en", "Just to confirm: {{details}}. Is that right?"},
      {"hi", "कृपया पुष्टि कीजिए: {{details}}। क्या यह सही है?"},
      {"hinglish", "Confirm kar dijiye: {{details}}. Sahi hai na?"}};
  return texts;
}

const by_language& dropped() {
  static const by_language texts{
      {"en", "No problem, I will not do that. What else can I help with?"},
      {"hi", "कोई बात नहीं, मैं वह नहीं करूँगी। और क्या मदद करूँ?"},
      {"hinglish", "Koi baat nahi, main woh nahi karungi. Aur kya madad karun?"}};
  return texts;
}

/// A question such as "who is this?" that is answered without losing the thread.
bool is_aside(const std::vector<intent_match>& found, std::string_view utterance) {
  if (found.empty() || found.front().confidence < interrupt_confidence)
    return false;
  const auto& intent = *found.front().intent;
  return intent.tool.empty() && intent.slots.empty() && intent.end_reason.empty() &&
         !find_yes_no(utterance);
}

} // namespace

dialog::dialog(const agent_profile& profile,
               const intent_matcher& matcher,
               prompt_variables variables)
    : profile_{profile},
      matcher_{matcher},
      variables_{std::move(variables)},
      language_{opening_language(profile, variables_)} {}

std::string dialog::greeting() const {
  return greeting_text(profile_, variables_);
}

dialog_step dialog::step(std::string_view utterance, std::chrono::local_seconds now) {
  hear_language(utterance);
  const auto found = matcher_.match(utterance);
  dialog_step out;
  if (!found.empty()) {
    out.intent = found.front().intent->name;
    out.confidence = found.front().confidence;
  }
  if (++utterances_ > utterances_max) {
    out.reply = say(profile_.goodbye);
    out.end_call = true;
    out.end_reason = "too_long";
    return out;
  }
  if (pending_ && !interrupts(found)) {
    const auto& intent = *pending_;
    if (confirming_)
      if (const auto yes = find_yes_no(utterance))
        return confirm(*yes, std::move(out));
    const auto filled = fill(intent, utterance, now);
    if (filled.empty() && is_aside(found, utterance))
      return aside(*found.front().intent, std::move(out));
    if (!filled.empty() || confirming_ || found.empty() ||
        out.confidence < interrupt_confidence) {
      out.intent = intent.name;
      out.confidence = filled.empty() ? out.confidence : 1.0;
      return advance(intent, std::move(out));
    }
  }
  if (found.empty() || out.confidence < intent_matcher::confidence_min)
    return not_understood(std::move(out));
  const auto& intent = *found.front().intent;
  forget_question();
  misses_ = 0;
  fill(intent, utterance, now);
  return advance(intent, std::move(out));
}

/// Answers a question in between, then comes back to the open one.
dialog_step dialog::aside(const agent_intent& intent, dialog_step out) {
  const auto answer = say(intent.reply);
  const auto& open = *pending_;
  --asked_times_;
  auto again = advance(open, std::move(out));
  again.intent = intent.name;
  again.reply = answer + ' ' + again.reply;
  return again;
}

void dialog::hear_language(std::string_view utterance) {
  const auto guess = guess_language(utterance);
  const bool spoken =
      std::ranges::find(profile_.languages, guess.language) != profile_.languages.end();
  // A single English word is no change of language.
  if (spoken && guess.confidence >= 0.6)
    language_ = guess.language;
}

/// Whether the best match is worth leaving the open question for.
bool dialog::interrupts(const std::vector<intent_match>& found) const {
  if (found.empty() || found.front().intent == pending_)
    return false;
  const auto& best = found.front();
  // Ending words and refusals always win; "yes" and "no" answer the question.
  if (!best.intent->end_reason.empty() || !best.intent->tool.empty())
    return best.confidence >= interrupt_confidence;
  return false;
}

std::vector<std::string> dialog::fill(const agent_intent& intent,
                                      std::string_view utterance,
                                      std::chrono::local_seconds now) {
  std::vector<std::string> filled;
  for (const auto& name : intent.slots) {
    const auto* slot = profile_.find_slot(name);
    const bool asked = name == asked_;
    if (!slot || (slots_.contains(name) && !asked && !confirming_))
      continue;
    if (auto value =
            find_slot_value(slot->type, utterance, {now, asked, slot->choices})) {
      slots_[name] = std::move(*value);
      filled.push_back(name);
    }
  }
  return filled;
}

/// Asks for what is missing, asks for confirmation, or acts.
dialog_step dialog::advance(const agent_intent& intent, dialog_step out) {
  for (const auto& name : intent.slots) {
    if (slots_.contains(name))
      continue;
    if (asked_ == name && ++asked_times_ > asked_times_max) {
      forget_question();
      return not_understood(std::move(out));
    }
    if (asked_ != name)
      asked_times_ = 1;
    pending_ = &intent;
    asked_ = name;
    out.language = language_;
    out.slots = slots_;
    out.reply = say(profile_.find_slot(name)->prompt);
    return out;
  }
  const auto* tool = profile_.find_tool(intent.tool);
  if (tool && tool->risk == "R2") {
    if (confirming_ && ++asked_times_ > asked_times_max) {
      forget_question();
      return not_understood(std::move(out));
    }
    pending_ = &intent;
    asked_times_ = confirming_ ? asked_times_ : 1;
    confirming_ = true;
    asked_.clear();
    std::string details;
    for (const auto& name : intent.slots)
      details += (details.empty() ? "" : ", ") + slots_[name];
    out.language = language_;
    out.slots = slots_;
    out.reply = render_prompt(in_language(confirm_question(), language_),
                              {{"details", details.empty() ? intent.name : details}});
    return out;
  }
  return finish(intent, std::move(out));
}

dialog_step dialog::confirm(bool yes, dialog_step out) {
  const auto& intent = *pending_;
  out.intent = intent.name;
  out.confidence = 1.0;
  if (yes)
    return finish(intent, std::move(out));
  forget_question();
  for (const auto& name : intent.slots)
    slots_.erase(name);
  out.language = language_;
  out.reply = say(dropped());
  return out;
}

/// Everything is known: the tool runs and the reply follows from what it decided.
dialog_step dialog::finish(const agent_intent& intent, dialog_step out) {
  const bool confirmed = confirming_;
  forget_question();
  out.language = language_;
  out.slots = slots_;
  bool connected = true;
  if (const auto* tool = profile_.find_tool(intent.tool)) {
    out.tool = tool->name;
    out.tool_arguments = tool_arguments(*tool);
    auto outcome = tools_.call(profile_, tool->name, out.tool_arguments, confirmed);
    out.action = std::move(outcome.action);
    out.transfer = std::move(outcome.transfer);
    out.end_call = outcome.end_call;
    out.end_reason = outcome.end_reason;
    connected = outcome.ok;
  }
  const bool unavailable = !connected && !intent.unavailable.empty();
  out.reply = say(unavailable ? intent.unavailable : intent.reply);
  if (!intent.end_reason.empty()) {
    out.end_call = true;
    out.end_reason = intent.end_reason;
  }
  // The next request of the same kind starts afresh.
  for (const auto& name : intent.slots)
    if (const auto* slot = profile_.find_slot(name);
        slot && slot->type != "name" && slot->type != "phone")
      slots_.erase(name);
  return out;
}

dialog_step dialog::not_understood(dialog_step out) {
  out.intent.clear();
  out.language = language_;
  out.slots = slots_;
  if (++misses_ < misses_max) {
    out.reply = say(profile_.fallback);
    return out;
  }
  out.reply = say(profile_.goodbye);
  out.end_call = true;
  out.end_reason = "not_understood";
  return out;
}

std::string dialog::say(const by_language& texts) const {
  auto values = variables_;
  for (const auto& [name, value] : slots_) {
    const auto* slot = profile_.find_slot(name);
    values[name] = slot && slot->type == "date" ? say_date(value, language_) : value;
  }
  return render_prompt(in_language(texts, language_), values);
}

/// The slots that the tool's schema knows, as its arguments.
std::string dialog::tool_arguments(const agent_tool& tool) const {
  const auto schema = json::parse(tool.parameters);
  json_writer out;
  out.begin_object();
  if (schema)
    for (const auto& [name, rule] : (*schema)["properties"].members()) {
      const auto found = slots_.find(name);
      if (found == slots_.end()) {
        // A reason is expected but nothing the caller was asked for.
        if (name == "reason")
          out.field("reason", "caller asked for it");
        continue;
      }
      const auto type = rule["type"].text_or("string");
      const auto& value = found->second;
      std::int64_t whole = 0;
      const auto [rest, failed] =
          std::from_chars(value.data(), value.data() + value.size(), whole);
      if (type == "boolean")
        out.field(name, value == "yes");
      else if ((type == "integer" || type == "number") && failed == std::errc{} &&
               *rest == '\0')
        out.field(name, whole);
      else
        out.field(name, value);
    }
  out.end_object();
  return std::move(out).str();
}

void dialog::forget_question() {
  pending_ = nullptr;
  asked_.clear();
  asked_times_ = 0;
  confirming_ = false;
}

} // namespace caly
