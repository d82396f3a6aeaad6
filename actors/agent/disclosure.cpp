#include "actors/agent/disclosure.hpp"

namespace caly {

void put_disclosure_first(agent_profile& profile, bool recorded) {
  // Also in languages that the greeting has no words of its own in.
  for (const auto& language : profile.languages)
    profile.greeting.try_emplace(language, in_language(profile.greeting, language));
  for (auto& [language, words] : profile.greeting) {
    std::string first{in_language(profile.disclosure, language)};
    if (recorded) {
      first += first.empty() ? "" : " ";
      first += in_language(profile.recording_notice, language);
    }
    if (!first.empty())
      words = first + ' ' + words;
  }
}

} // namespace caly
