#include "actors/model/speech/spoken_grammar.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace caly {

namespace {

/// What people put between the words that count.
const std::string filler = "a | an | the | my | your | some | any | this | it";

/// How the values of slots are said, each in the words of the ones before it.
constexpr std::array<std::pair<const char*, const char*>, 7> value_rules{
    {{"digit",
      "oh | zero | one | two | three | four | five | six | seven | eight | nine"},
     {"digits", "([double | triple] <digit>)+"},
     {"ten",
      "ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | "
      "eighteen | nineteen | (twenty | thirty | forty | fifty | sixty | seventy | eighty "
      "| "
      "ninety) [<digit>]"},
     {"number",
      "(<digit> | <ten>) [(hundred | thousand | million) [[and] (<digit> | <ten>)]]"},
     {"date",
      "today | tomorrow | day after tomorrow | [on | next | this] (monday | tuesday | "
      "wednesday | thursday | friday | saturday | sunday) | [the] (first | second | "
      "third | "
      "fourth | fifth | sixth | seventh | eighth | ninth | tenth | eleventh | twelfth | "
      "thirteenth | fourteenth | fifteenth | sixteenth | seventeenth | eighteenth | "
      "nineteenth | twentieth | thirtieth | <ten> | <digit>) [of] (january | february | "
      "march | april | may | june | july | august | september | october | november | "
      "december)"},
     {"time",
      "[at] (<hour> [thirty | fifteen] [o'clock] [a m | p m | in the (morning | "
      "afternoon | "
      "evening)] | half past <hour> | noon) | [in the | tomorrow] (morning | afternoon | "
      "evening)"},
     {"yes_no",
      "(yes | yeah | yep | sure | okay | correct | right) [please | sir | madam | "
      "go ahead] | that is (correct | right) | [no] thank you | (no | nope) [not now]"}}};

constexpr const char* hours = "one | two | three | four | five | six | seven | eight | "
                              "nine | ten | eleven | twelve";

/// The rule that says values of such a slot; empty: nobody can foresee them.
std::string rule_of(const std::string& type) {
  if (type == "number" || type == "amount")
    return "<number>";
  if (type == "pin" || type == "phone" || type == "code")
    return "<digits>";
  if (type == "date" || type == "time" || type == "yes_no")
    return '<' + type + '>';
  return type == "choice" ? "<choice>" : "";
}

bool is_english(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
}

/// All spellings of the agent's choices, as far as they can be said.
std::vector<std::string> choices_of(const agent_profile& profile,
                                    const known_word& knows) {
  std::vector<std::string> out;
  for (const auto& slot : profile.slots)
    for (const auto& choice : slot.choices)
      for (const auto spelling : split(choice, '/')) {
        std::string said;
        for (const auto word : split(spelling, ' ')) {
          const auto spelt = spelling_of(to_lower(word), knows);
          said = spelt.empty() ? "" : said + (said.empty() ? "" : " ") + spelt;
          if (spelt.empty())
            break;
        }
        if (!said.empty())
          out.push_back(std::move(said));
      }
  return out;
}

std::string joined(const std::vector<std::string>& choices) {
  std::string out;
  for (const auto& each : choices)
    out += (out.empty() ? "" : " | ") + each;
  return out;
}

class grammar_writer {
public:
  grammar_writer(const agent_profile& profile, const known_word& knows)
      : profile_{profile}, knows_{knows}, choices_{choices_of(profile, knows)} {}

  spoken_grammar write() {
    sentences_.push_back("<yes_no>");
    for (const auto& intent : profile_.intents)
      add(intent);
    add_values();
    out_.jsgf =
        "#JSGF V1.0;\ngrammar agent;\npublic <utterance> = " + joined(sentences_) +
        ";\n" + rules_ + "<hour> = " + hours + ";\n";
    for (const auto& [name, text] : value_rules)
      out_.jsgf += '<' + std::string{name} + "> = " + text + ";\n";
    if (!choices_.empty())
      out_.jsgf += "<choice> = " + joined(choices_) + ";\n";
    return std::move(out_);
  }

private:
  void add(const agent_intent& intent) {
    const pattern_rules rules{knows_, filler, tail_of(intent)};
    std::vector<std::string> said;
    for (const auto& pattern : intent.patterns) {
      if (!is_english(pattern))
        continue;
      if (auto text = pattern_to_jsgf(pattern, rules)) {
        said.push_back(std::move(*text));
        ++out_.patterns;
      } else {
        out_.left_out.push_back({intent.name, pattern, to_string(text.error())});
      }
    }
    if (said.empty())
      return;
    const auto rule = "<intent_" + std::to_string(sentences_.size()) + '>';
    sentences_.push_back(rule);
    rules_ += rule + " = " + joined(said) + ";\n";
  }

  /// "Book an appointment …tomorrow at five": values that a wish may bring along.
  std::string tail_of(const agent_intent& intent) const {
    const auto values = values_of(intent.slots);
    if (values.empty())
      return filler;
    return "[for | on | at] (" + joined(values) + ") [(for | on | at) (" +
           joined(values) + ")]";
  }

  std::vector<std::string> values_of(const std::vector<std::string>& slots) const {
    std::set<std::string> rules;
    for (const auto& name : slots)
      if (const auto* slot = profile_.find_slot(name))
        if (const auto rule = rule_of(slot->type);
            !rule.empty() && rule != "<yes_no>" &&
            !(rule == "<choice>" && choices_.empty()))
          rules.insert(rule);
    return {rules.begin(), rules.end()};
  }

  /// Answers to the agent's questions.
  void add_values() {
    std::vector<std::string> slots;
    std::set<std::string> unheard;
    for (const auto& slot : profile_.slots) {
      slots.push_back(slot.name);
      if (rule_of(slot.type).empty())
        unheard.insert(slot.type);
    }
    out_.unheard_slots.assign(unheard.begin(), unheard.end());
    const auto values = values_of(slots);
    for (const auto& each : values)
      sentences_.push_back("[it is | for | on | at] " + each);
    if (std::ranges::find(values, "<date>") != values.end() &&
        std::ranges::find(values, "<time>") != values.end())
      sentences_.push_back("[for | on] <date> <time> [is fine]");
  }

  const agent_profile& profile_;
  const known_word& knows_;
  const std::vector<std::string> choices_;
  std::vector<std::string> sentences_;
  std::string rules_;
  spoken_grammar out_;
};

} // namespace

spoken_grammar make_spoken_grammar(const agent_profile& profile,
                                   const known_word& knows) {
  return grammar_writer{profile, knows}.write();
}

} // namespace caly
