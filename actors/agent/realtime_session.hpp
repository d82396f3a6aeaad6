#pragma once

#include "actors/model/agent_profile.hpp"
#include "config/prompt_template.hpp"

#include <string>

namespace caly {

/// What the node decides about the speech model, not the agent.
struct realtime_options {
  std::string voice = "marin";
  std::string transcription_model = "gpt-4o-mini-transcribe";
  /// Telephone audio as the carrier sends it.
  std::string audio_format = "audio/pcmu";
  int silence_ms = 600;
  int output_tokens_max = 1024;
};

/// The language to begin in: the variable `language` when the agent speaks it, else the
/// agent's first.
std::string opening_language(const agent_profile& profile,
                             const prompt_variables& variables);

/// Those that the agent speaks, `first` before the others.
std::vector<std::string> languages_from(const agent_profile& profile,
                                        const std::string& first);

/// What the agent says first.
std::string greeting_text(const agent_profile& profile,
                          const prompt_variables& variables);

/// The model's instructions: prompt, guardrails, languages, and the line `GREETING: …`.
std::string agent_instructions(const agent_profile& profile,
                               const prompt_variables& variables);

/// The `session.update` event that turns a Realtime session into this agent.
std::string realtime_session_config(const agent_profile& profile,
                                    const prompt_variables& variables,
                                    const realtime_options& options = {});

} // namespace caly
