#pragma once

#include "actors/agent/tool_desk.hpp"
#include "actors/model/agent_profile.hpp"
#include "actors/model/slots/slot_book.hpp"
#include "actors/model/slots/slot_hearing.hpp"
#include "actors/model/speech/intent_matcher.hpp"
#include "actors/model/speech/language_course.hpp"
#include "config/prompt_template.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What the agent says and does after an utterance.
struct dialog_step {
  std::string reply;
  std::string language;
  std::string intent; ///< Empty when nothing was understood.
  double confidence = 0;
  std::map<std::string, std::string> slots;
  /// A tool ran; its name, its arguments and what it decided.
  std::string tool;
  std::string tool_arguments;
  std::optional<tool_action> action;
  std::optional<transfer_wish> transfer;
  std::optional<bool> pauses_recording; ///< false: it goes on
  bool end_call = false;
  std::string end_reason;
  std::vector<captured_slot> captured; ///< What changed of it with this step.
  std::string expects; ///< The type of slot that the reply asks for; empty: none.
};

/// The embedded brain: a conversation led by an agent's patterns, slots and templates,
/// without any outside model. Pure: time comes in, text goes out.
///
/// It always ends: after three utterances in a row that it does not understand, after two
/// vain attempts at one question, or after 60 utterances.
class dialog {
public:
  /// `profile` and `matcher` must outlive the dialog.
  dialog(const agent_profile& profile,
         const intent_matcher& matcher,
         prompt_variables variables);

  /// What the agent says first.
  std::string greeting() const;

  /// `now` is local time where the caller is.
  dialog_step step(std::string_view utterance, std::chrono::local_seconds now);

  const std::string& language() const noexcept { return language_.now(); }

  const std::map<std::string, std::string>& slots() const noexcept { return slots_; }

private:
  dialog_step take(std::string_view utterance, std::chrono::local_seconds now);
  dialog_step collect(dialog_step out);
  dialog_step check_slot(std::string_view utterance,
                         const std::vector<intent_match>& found,
                         std::chrono::local_seconds now,
                         dialog_step out);
  dialog_step question(const agent_intent& intent, std::string reply, dialog_step out);
  std::optional<dialog_step>
  advance_slot(const agent_intent& intent, const agent_slot& slot, dialog_step& out);
  bool fill_captured(const agent_slot& slot,
                     std::string_view utterance,
                     std::chrono::local_seconds now);
  std::string expects() const;
  dialog_step advance(const agent_intent& intent, dialog_step out);
  dialog_step aside(const agent_intent& intent, dialog_step out);
  dialog_step finish(const agent_intent& intent, dialog_step out);
  dialog_step not_understood(dialog_step out);
  dialog_step confirm(bool yes, dialog_step out);
  std::vector<std::string> fill(const agent_intent& intent,
                                std::string_view utterance,
                                std::chrono::local_seconds now);
  bool interrupts(const std::vector<intent_match>& found) const;
  std::string say(const by_language& texts) const;
  std::string tool_arguments(const agent_tool& tool) const;
  void forget_question();

  const agent_profile& profile_;
  const intent_matcher& matcher_;
  prompt_variables variables_;
  tool_desk tools_;
  language_course language_;
  std::map<std::string, std::string> slots_;
  slot_book book_;          ///< The captured ones of them, with what is known of each.
  agent_intent collecting_; ///< Asks for what is required and belongs to no intent.
  std::string checking_;    ///< The slot that was read back and waits for a yes or no.
  slot_reading misheard_;   ///< What was no value for the slot that was asked for.
  const agent_intent* pending_ = nullptr; ///< Waits for `asked_`.
  std::string asked_;
  int asked_times_ = 0;
  bool confirming_ = false;
  int misses_ = 0;
  int utterances_ = 0;
};

} // namespace caly
