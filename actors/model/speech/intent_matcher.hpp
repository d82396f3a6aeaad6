#pragma once

#include "actors/model/agent_profile.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

struct intent_match {
  const agent_intent* intent = nullptr;
  double confidence = 0; ///< 0..1
};

/// Finds what a caller wants by the patterns of an agent: all patterns in one pass, then
/// a score per intent from weight, share of the words covered, and negation.
class intent_matcher {
public:
  /// Compiles the patterns of `profile`, which must outlive the matcher.
  /// Errors: `errc::invalid` naming the patterns that RE2 refuses.
  static caf::expected<intent_matcher> make(const agent_profile& profile);

  intent_matcher(intent_matcher&&) noexcept;
  intent_matcher& operator=(intent_matcher&&) noexcept;
  ~intent_matcher();

  /// All intents that match, best first; where one pattern lies within a longer match of
  /// another intent, the longer one is ahead.
  std::vector<intent_match> match(std::string_view utterance) const;

  /// Below this an utterance counts as not understood.
  static constexpr double confidence_min = 0.45;

private:
  struct parts;

  explicit intent_matcher(std::unique_ptr<parts> x);

  std::unique_ptr<parts> parts_;
};

} // namespace caly
