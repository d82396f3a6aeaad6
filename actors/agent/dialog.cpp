#include "actors/agent/dialog.hpp"

#include "actors/agent/realtime_session.hpp"
#include "actors/model/slots/slot_words.hpp"
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

const by_language& what_else() {
  static const by_language texts{{"en", "Thank you. What else can I help with?"},
                                 {"hi", "धन्यवाद। और क्या मदद करूँ?"},
                                 {"hinglish", "Thank you. Aur kya madad karun?"}};
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
      language_{languages_from(profile, opening_language(profile, variables_)),
                profile.switching},
      book_{profile} {
  collecting_.name = "slots";
  collecting_.reply = what_else();
}

std::string dialog::greeting() const {
  return greeting_text(profile_, variables_);
}

dialog_step dialog::step(std::string_view utterance, std::chrono::local_seconds now) {
  language_.hear(utterance);
  misheard_ = {};
  auto out = collect(take(utterance, now));
  out.language = language();
  // Those of a tool that ran are there already.
  out.slots.insert(slots_.begin(), slots_.end());
  out.captured = book_.take_changes();
  out.expects = out.end_call ? std::string{} : expects();
  return out;
}

dialog_step dialog::take(std::string_view utterance, std::chrono::local_seconds now) {
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
  if (pending_ && !checking_.empty() && !interrupts(found))
    return check_slot(utterance, found, now, std::move(out));
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
  const auto* slot = profile_.find_slot(asked_);
  // It is asked anew, and no attempt was vain.
  if (slot && slot->captured)
    asked_.clear();
  else
    --asked_times_;
  auto again = advance(open, std::move(out));
  again.intent = intent.name;
  again.reply = answer + ' ' + again.reply;
  return again;
}

/// The caller answers whether what was read back is right.
dialog_step dialog::check_slot(std::string_view utterance,
                               const std::vector<intent_match>& found,
                               std::chrono::local_seconds now,
                               dialog_step out) {
  const auto& intent = *pending_;
  const auto name = std::exchange(checking_, {});
  const auto& slot = *profile_.find_slot(name);
  out.intent = intent.name;
  if (const auto yes = find_yes_no(utterance); yes && *yes) {
    book_.confirm(name, true, language());
    return advance(intent, std::move(out));
  }
  auto reading = hear_slot(slot, utterance, now);
  const bool no = find_yes_no(utterance) == false;
  if (!no && reading.value.empty()) {
    if (is_aside(found, utterance)) {
      auto again = advance(intent, std::move(out));
      again.reply = say(found.front().intent->reply) + ' ' + again.reply;
      return again;
    }
    book_.miss(name, {}); // it is read back once more, or given up
    return advance(intent, std::move(out));
  }
  auto step = book_.confirm(name, false, language());
  slots_.erase(name);
  if (!no && !step.given_up) {
    step = book_.put(name, reading.value, language());
    slots_[name] = std::move(reading.value);
    return advance(intent, std::move(out));
  }
  asked_.clear();
  if (step.given_up)
    return advance(intent, std::move(out));
  asked_ = name;
  return question(intent, std::move(step.say), std::move(out));
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
    if (slot->captured) {
      if (fill_captured(*slot, utterance, now))
        filled.push_back(name);
      continue;
    }
    if (auto value =
            find_slot_value(slot->type, utterance, {now, asked, slot->choices})) {
      slots_[name] = std::move(*value);
      filled.push_back(name);
    }
  }
  return filled;
}

/// Said in passing, a value must look like one; an answer is taken at its word.
bool dialog::fill_captured(const agent_slot& slot,
                           std::string_view utterance,
                           std::chrono::local_seconds now) {
  const bool asked = slot.name == asked_;
  if (!asked && !find_slot_value(slot.type, utterance, {now, false, slot.choices}))
    return false;
  auto reading = hear_slot(slot, utterance, now);
  if (reading.value.empty()) {
    if (asked)
      misheard_ = std::move(reading);
    return false;
  }
  book_.put(slot.name, reading.value, language());
  slots_[slot.name] = std::move(reading.value);
  return true;
}

/// What is asked about a captured slot now; nothing when it is settled.
std::optional<dialog_step> dialog::advance_slot(const agent_intent& intent,
                                                const agent_slot& slot,
                                                dialog_step& out) {
  if (book_.is_settled(slot))
    return std::nullopt;
  const auto* own = book_.find(slot.name);
  if (own && !own->value.empty()) {
    auto words = read_back_question(slot, own->value, language());
    auto asked = question(intent, std::move(words), std::move(out));
    asked_.clear();
    checking_ = slot.name;
    return asked;
  }
  auto words = say(slot.prompt);
  if (asked_ == slot.name) {
    if (misheard_.problem == slot_problem::none)
      misheard_.problem = slot_problem::not_heard;
    auto step = book_.miss(slot.name, say_problem(slot, misheard_, language()));
    if (step.given_up)
      return std::nullopt;
    words = std::move(step.say);
  }
  asked_ = slot.name;
  return question(intent, std::move(words), std::move(out));
}

dialog_step
dialog::question(const agent_intent& intent, std::string reply, dialog_step out) {
  pending_ = &intent;
  out.reply = std::move(reply);
  return out;
}

/// Where nothing else is open, the talk turns to what is required.
dialog_step dialog::collect(dialog_step out) {
  const auto missing = book_.missing();
  if (pending_ || out.end_call || out.transfer || missing.empty())
    return out;
  collecting_.slots.clear();
  for (const auto* slot : missing)
    collecting_.slots.push_back(slot->name);
  auto before = out.intent.empty() ? std::string{} : out.reply + ' ';
  misses_ = 0;
  auto asked = advance(collecting_, std::move(out));
  asked.reply = before + asked.reply;
  return asked;
}

std::string dialog::expects() const {
  if (!checking_.empty() || confirming_)
    return "yes_no";
  const auto* slot = profile_.find_slot(asked_);
  return slot ? slot->type : std::string{};
}

/// Asks for what is missing, asks for confirmation, or acts.
dialog_step dialog::advance(const agent_intent& intent, dialog_step out) {
  for (const auto& name : intent.slots) {
    const auto* slot = profile_.find_slot(name);
    if (slot && slot->captured) {
      if (auto asked = advance_slot(intent, *slot, out))
        return std::move(*asked);
      // Given up: what needs it cannot be done.
      if (!slots_.contains(name) && !intent.tool.empty()) {
        forget_question();
        return not_understood(std::move(out));
      }
      continue;
    }
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
    out.reply = render_prompt(in_language(confirm_question(), language()),
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
    if (const auto* slot = profile_.find_slot(name); !slot || !slot->captured)
      slots_.erase(name);
  out.reply = say(dropped());
  return out;
}

/// Everything is known: the tool runs and the reply follows from what it decided.
dialog_step dialog::finish(const agent_intent& intent, dialog_step out) {
  const bool confirmed = confirming_;
  forget_question();
  out.slots = slots_;
  bool connected = true;
  if (const auto* tool = profile_.find_tool(intent.tool)) {
    out.tool = tool->name;
    out.tool_arguments = tool_arguments(*tool);
    auto outcome = tools_.call(profile_, tool->name, out.tool_arguments, confirmed);
    out.action = std::move(outcome.action);
    out.transfer = std::move(outcome.transfer);
    out.pauses_recording = outcome.pauses_recording;
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
        slot && !slot->captured && slot->type != "name" && slot->type != "phone")
      slots_.erase(name);
  return out;
}

dialog_step dialog::not_understood(dialog_step out) {
  out.intent.clear();
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
    values[name] = slot && slot->type == "date" ? say_date(value, language()) : value;
  }
  return render_prompt(in_language(texts, language()), values);
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
  checking_.clear();
  asked_times_ = 0;
  confirming_ = false;
}

} // namespace caly
