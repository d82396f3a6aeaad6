#include "actors/model/slots/slot_book.hpp"

#include "actors/model/slots/slot_words.hpp"

#include <algorithm>
#include <utility>

namespace caly {

namespace {

/// As authors of agents name it.
std::string kind_of(const agent_slot& slot) {
  return slot.type == "pin" ? "pin_code" : slot.type;
}

} // namespace

void slot_book::restore(const std::vector<captured_slot>& slots) {
  for (const auto& each : slots) {
    const auto* slot = profile_.find_slot(each.name);
    if (slot && slot->captured && !find(each.name))
      slots_.push_back(each);
  }
}

const captured_slot* slot_book::find(std::string_view name) const {
  const auto found = std::ranges::find(slots_, name, &captured_slot::name);
  return found == slots_.end() ? nullptr : &*found;
}

captured_slot& slot_book::entry(const agent_slot& slot) {
  const auto found = std::ranges::find(slots_, slot.name, &captured_slot::name);
  return found == slots_.end()
             ? slots_.emplace_back(captured_slot{slot.name, kind_of(slot), {}, false, 0})
             : *found;
}

bool slot_book::is_settled(const agent_slot& slot) const {
  const auto* own = find(slot.name);
  if (!own)
    return false;
  if (own->asks >= slot.asks_max)
    return true;
  return !own->value.empty() && (own->confirmed || !slot.read_back);
}

std::vector<const agent_slot*> slot_book::missing() const {
  std::vector<const agent_slot*> out;
  for (const auto& slot : profile_.slots)
    if (slot.captured && slot.required && !is_settled(slot))
      out.push_back(&slot);
  return out;
}

void slot_book::note_change(const captured_slot& own) {
  if (std::ranges::find(changed_, own.name) == changed_.end())
    changed_.push_back(own.name);
}

slot_step
slot_book::after_miss(const agent_slot& slot, captured_slot& own, std::string say) {
  ++own.asks;
  note_change(own);
  slot_step out;
  out.given_up = out.settled = own.asks >= slot.asks_max;
  if (!out.given_up)
    out.say = std::move(say);
  return out;
}

slot_step slot_book::capture(std::string_view name,
                             std::string_view heard,
                             std::string_view language,
                             std::chrono::local_seconds now) {
  const auto* slot = profile_.find_slot(name);
  if (!slot || !slot->captured)
    return {};
  auto reading = hear_slot(*slot, heard, now);
  if (reading.problem != slot_problem::none)
    return after_miss(*slot, entry(*slot), say_problem(*slot, reading, language));
  return put(name, std::move(reading.value), language);
}

slot_step
slot_book::put(std::string_view name, std::string value, std::string_view language) {
  const auto* slot = profile_.find_slot(name);
  if (!slot || !slot->captured)
    return {};
  auto& own = entry(*slot);
  // The same value again stays confirmed.
  if (own.value != value) {
    own.value = std::move(value);
    own.confirmed = false;
    note_change(own);
  }
  slot_step out;
  out.accepted = true;
  out.value = own.value;
  out.settled = own.confirmed || !slot->read_back;
  if (!out.settled)
    out.say = read_back_question(*slot, own.value, language);
  return out;
}

slot_step
slot_book::confirm(std::string_view name, bool right, std::string_view language) {
  const auto* slot = profile_.find_slot(name);
  if (!slot || !slot->captured)
    return {};
  auto& own = entry(*slot);
  if (own.value.empty())
    return {.value = {}, .say = std::string{in_language(slot->prompt, language)}};
  if (!right) {
    own.value.clear();
    own.confirmed = false;
    return after_miss(*slot, own, ask_again(*slot, language));
  }
  if (!std::exchange(own.confirmed, true))
    note_change(own);
  slot_step out;
  out.accepted = out.settled = true;
  out.value = own.value;
  return out;
}

slot_step slot_book::miss(std::string_view name, std::string say) {
  const auto* slot = profile_.find_slot(name);
  if (!slot || !slot->captured)
    return {};
  return after_miss(*slot, entry(*slot), std::move(say));
}

std::vector<captured_slot> slot_book::take_changes() {
  std::vector<captured_slot> out;
  for (const auto& name : std::exchange(changed_, {}))
    if (const auto* own = find(name))
      out.push_back(*own);
  return out;
}

} // namespace caly
