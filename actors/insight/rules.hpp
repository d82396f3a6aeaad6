#pragma once

#include "actors/api/call_store.hpp"
#include "actors/model/agent_profile.hpp"
#include "actors/model/lead_analytics.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace caly {

/// Whether a transcript holds enough words, spoken by either side, to be analysed.
bool worth_analysis(const std::vector<transcript_turn>& turns, int words_min = 5);

/// Analyses a call without any model: patterns in English, Hindi and Hinglish over what
/// the caller said. `at` is local time of the call, for words such as "tomorrow".
/// `actions` are the kinds of actions that were recorded in the call. `machine`: the
/// carrier knows that a machine answered.
lead_analytics analyse_by_rules(const agent_profile& profile,
                                const std::vector<transcript_turn>& turns,
                                const std::vector<std::string>& actions,
                                std::chrono::local_seconds at,
                                bool machine = false);

} // namespace caly
