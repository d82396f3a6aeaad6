#pragma once

#include "actors/model/agent_profile.hpp"
#include "actors/model/speech/spoken_pattern.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// What a recogniser with a grammar can hear of the callers of an agent.
struct spoken_grammar {
  /// One of an agent's patterns that cannot be heard at all.
  struct unheard {
    std::string intent;
    std::string pattern;
    std::string why;
  };

  std::string jsgf;
  std::size_t patterns = 0; ///< Heard at least in part.
  std::vector<unheard> left_out;
  /// Kinds of slots whose values cannot be heard: names, free text, e-mail addresses.
  std::vector<std::string> unheard_slots;
};

/// The English sentences of an agent's patterns, yes and no, and the values of its slots
/// (digits, numbers, dates, times, choices) as a grammar in JSGF. Alternatives with words
/// that are not known, and with "any word" where one must be, are left out; what is left
/// out whole is listed. Letters of other scripts are not English and are not listed.
spoken_grammar make_spoken_grammar(const agent_profile& profile, const known_word& knows);

} // namespace caly
