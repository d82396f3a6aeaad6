#pragma once

#include "actors/api/call_store.hpp"
#include "actors/model/agent_profile.hpp"
#include "actors/model/lead_analytics.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace caly {

/// The body of `POST /responses` that asks a language model for the analysis of a call,
/// with a strict JSON schema. The transcript goes in as data between markers; of long
/// ones the beginning and the end are kept.
std::string analysis_request(const agent_profile& profile,
                             const std::vector<transcript_turn>& turns,
                             std::string_view model);

/// Why there is no analysis. Stored and shown, never dropped.
struct analysis_failure {
  std::string code; ///< http_error, failed, refused, incomplete, malformed
  std::string detail;
  bool retryable = false;
};

struct analysis_done {
  lead_analytics result;
  bool repaired = false; ///< The answer broke the schema and was mended.
};

using analysis_answer = std::variant<analysis_done, analysis_failure>;

/// Reads the answer of `POST /responses`. Answers that break the schema are mended where
/// their meaning is plain (fences around the JSON, `Not Interested`, a summary that is
/// too long, fields nobody asked for); everything else is a failure with its reason.
analysis_answer
parse_analysis(const agent_profile& profile, int http_status, std::string_view body);

} // namespace caly
