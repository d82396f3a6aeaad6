#pragma once

#include "actors/model/agent_profile.hpp"
#include "actors/model/slots/captured_slot.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What came of an attempt at a slot; of one that the agent does not capture, nothing.
struct slot_step {
  bool accepted = false; ///< The value is right as far as its form goes.
  bool settled = false;  ///< Nothing more is asked about it: confirmed, or given up.
  bool given_up = false;
  std::string value;
  std::string say; ///< What the agent says now: the read-back, the problem, or nothing.
};

/// The slots of one call: what was told, confirmed, and how often it was asked for.
///
/// Bounded: each slot has `asks_max` vain attempts, then it is given up and counts as
/// settled. Pure; whoever uses it keeps `take_changes()`.
class slot_book {
public:
  /// `profile` must outlive the book.
  explicit slot_book(const agent_profile& profile) : profile_{profile} {}

  /// What an earlier session of the call captured; what is known here stays.
  void restore(const std::vector<captured_slot>& slots);

  slot_step capture(std::string_view name,
                    std::string_view heard,
                    std::string_view language,
                    std::chrono::local_seconds now);
  /// A value that was read elsewhere and is right.
  slot_step put(std::string_view name, std::string value, std::string_view language);
  /// The caller agreed to what was read back, or did not.
  slot_step confirm(std::string_view name, bool right, std::string_view language);
  /// A vain attempt: nothing of the kind was said.
  slot_step miss(std::string_view name, std::string say);

  const captured_slot* find(std::string_view name) const;
  bool is_settled(const agent_slot& slot) const;
  /// Required and not settled, in the agent's order.
  std::vector<const agent_slot*> missing() const;

  /// What changed since the last time.
  std::vector<captured_slot> take_changes();

private:
  captured_slot& entry(const agent_slot& slot);
  slot_step after_miss(const agent_slot& slot, captured_slot& own, std::string say);
  void note_change(const captured_slot& own);

  const agent_profile& profile_;
  std::vector<captured_slot> slots_; ///< One a slot of the profile at most.
  std::vector<std::string> changed_;
};

} // namespace caly
