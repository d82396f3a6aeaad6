#include "actors/insight/extraction.hpp"

#include "actors/model/speech/slot_filler.hpp"
#include "actors/model/speech/spoken_text.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

/// Whether the agent's words ask for this field: they hold a word of its name or the
/// question of the slot with that name.
bool asks_for(const agent_profile& profile,
              const extraction_field& field,
              std::string_view said) {
  const auto folded = ' ' + fold_speech(said) + ' ';
  if (const auto* slot = profile.find_slot(field.name))
    for (const auto& [language, prompt] : slot->prompt)
      if (folded.find(fold_speech(prompt)) != folded.npos)
        return true;
  return std::ranges::any_of(split(field.name, '_'), [&](std::string_view part) {
    return part.size() > 2 && folded.find(' ' + fold_speech(part)) != folded.npos;
  });
}

std::string_view slot_type(const agent_profile& profile, const extraction_field& field) {
  if (!field.slot.empty())
    return field.slot;
  // A slot of the agent under the same name knows best what to look for.
  if (const auto* slot = profile.find_slot(field.name))
    return slot->type;
  return field.type == "number"    ? "number"
         : field.type == "boolean" ? "yes_no"
         : field.type == "choice"  ? "choice"
                                   : "text";
}

std::string find_field(const agent_profile& profile,
                       const extraction_field& field,
                       const std::vector<transcript_turn>& turns,
                       std::chrono::local_seconds at) {
  const auto* slot = profile.find_slot(field.name);
  slot_context context{
      at, false, slot && !slot->choices.empty() ? slot->choices : field.choices};
  std::string found, agent_said;
  for (const auto& turn : turns) {
    if (turn.role == "agent")
      agent_said = turn.text;
    if (turn.role != "caller")
      continue;
    context.asked = asks_for(profile, field, agent_said);
    if (auto value = find_slot_value(slot_type(profile, field), turn.text, context))
      found = std::move(*value);
  }
  return found;
}

void write_value(json_writer& out,
                 const extraction_field& field,
                 const std::string& value) {
  if (value.empty()) {
    out.null_field(field.name);
    return;
  }
  double number = 0;
  const auto* end = value.data() + value.size();
  const auto [rest, failed] = std::from_chars(value.data(), end, number);
  if (field.type == "boolean")
    out.field(field.name, value == "yes");
  else if (field.type == "number" && failed == std::errc{} && rest == end)
    out.raw_field(field.name, value);
  else
    out.field(field.name, value);
}

} // namespace

extracted_fields extract_fields(const agent_profile& profile,
                                const std::vector<transcript_turn>& turns,
                                std::chrono::local_seconds at) {
  extracted_fields out;
  json_writer json;
  json.begin_object();
  for (const auto& field : profile.extraction) {
    const auto value = find_field(profile, field, turns, at);
    write_value(json, field, value);
    if (value.empty())
      continue;
    ++out.found;
    auto phrase = field.name + ' ' + value;
    std::ranges::replace(phrase, '_', ' ');
    out.phrases.push_back(std::move(phrase));
  }
  out.json = std::move(json.end_object()).str();
  return out;
}

} // namespace caly
