#pragma once

#include <array>
#include <string>
#include <string_view>

namespace caly {

inline constexpr std::array<std::string_view, 3> sentiments{
    "positive", "neutral", "negative"};

inline constexpr std::array<std::string_view, 7> call_outcomes{"appointment",
                                                               "interested",
                                                               "not_interested",
                                                               "refusal",
                                                               "voicemail",
                                                               "callback",
                                                               "other"};

/// A: acts now; B: interested; C: open; D: no lead.
inline constexpr std::array<std::string_view, 4> lead_grades{"A", "B", "C", "D"};

/// Longest summary, in characters.
inline constexpr std::size_t summary_chars_max = 280;

/// What a call was worth, as it is stored and shown.
struct lead_analytics {
  std::string sentiment = "neutral"; ///< one of `sentiments`
  std::string outcome = "other";     ///< one of `call_outcomes`
  std::string summary;               ///< at most `summary_chars_max` characters
  std::string extracted = "{}"; ///< JSON object: the agent's fields, null when not said
  std::string grade = "C";      ///< one of `lead_grades`
};

/// At most `chars_max` characters of UTF-8 text, with … where it was cut.
std::string cut_characters(std::string_view text, std::size_t chars_max);

} // namespace caly
