#pragma once

#include "actors/model/slots/slot_book.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// What a model is told about a slot, and what is kept of it.
struct slot_answer {
  std::string output; ///< JSON object for the model
  std::vector<captured_slot> changes;
  std::string expects; ///< the type of slot that is asked for next; empty: none
};

/// Decides what a model's calls of `capture_slot` and `confirm_slot` do. One desk a call.
class slot_desk {
public:
  /// `profile` must outlive the desk.
  explicit slot_desk(const agent_profile& profile) : profile_{profile}, book_{profile} {}

  void restore(const std::vector<captured_slot>& slots) { book_.restore(slots); }

  /// Nothing when `name` is another tool. `caller_said`: the caller's last words; a plain
  /// no of theirs is never taken for a yes, whatever the model believes.
  std::optional<slot_answer> use(std::string_view name,
                                 std::string_view arguments,
                                 std::string_view caller_said,
                                 std::string_view language,
                                 std::chrono::local_seconds now);

  /// Refuses once that the call ends while something required is missing: JSON for the
  /// model, or nothing.
  std::optional<std::string> hold_back_end();

private:
  slot_answer refused(std::string_view code, std::string_view message) const;
  slot_answer capture(const std::string& slot,
                      std::string_view value,
                      std::string_view language,
                      std::chrono::local_seconds now);
  slot_answer confirm(const std::string& slot, bool right, std::string_view language);
  slot_answer told(const std::string& slot,
                   const slot_step& step,
                   std::string_view language,
                   bool asked_to_confirm);
  void write_missing(json_writer& out) const;

  const agent_profile& profile_;
  slot_book book_;
  std::size_t calls_ = 0;
  bool held_back_ = false;
};

/// The part of a model's instructions that tells what to find out; empty without slots.
std::string slot_instructions(const agent_profile& profile, std::string_view language);

} // namespace caly
