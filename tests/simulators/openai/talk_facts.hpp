#pragma once

#include <string>
#include <string_view>

namespace caly::sim {

/// What keyword rules can tell from the words of a talk.
struct talk_facts {
  std::string outcome = "other"; ///< appointment, interested, not_interested, refusal,
                                 ///< voicemail, callback or other.
  std::string sentiment = "neutral"; ///< positive, neutral or negative.
  std::string grade = "C";           ///< A (best) to D.
  std::string summary;
  std::string language = "en";
  std::string name;
  std::string moment; ///< "tomorrow at eleven", as it was said.
  std::string order_number;
  int score = 50; ///< 0 to 100.
};

/// Reads a transcript. Lines that start with a caller's role ("user:", "caller:",
/// "customer:" …) count; without any, the whole text does.
talk_facts read_talk(std::string_view transcript);

} // namespace caly::sim
