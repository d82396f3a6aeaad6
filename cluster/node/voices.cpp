#include "cluster/node/voices.hpp"

#include "actors/agent/realtime_session.hpp"
#include "cluster/node/cascade_parts.hpp"
#include "cluster/node/embedded_agent.hpp"
#include "cluster/node/own_speech.hpp"
#include "cluster/node/prompt_facts.hpp"
#include "cluster/node/speaking_agent.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

std::chrono::seconds whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time);
}

speaking_options speaking_options_of(const settings& chosen) {
  speaking_options options;
  options.realtime.voice = chosen.providers.openai.realtime_voice;
  options.realtime.transcription_model = chosen.providers.openai.transcription_model;
  options.idle = whole_seconds(chosen.call.idle_timeout);
  options.no_media = whole_seconds(chosen.call.no_media_timeout);
  options.tool_calls_max = chosen.call.tool_calls_max;
  options.answering = {chosen.call.detect_answer,
                       chosen.call.on_voicemail == "message",
                       chosen.call.on_menu == "navigate",
                       chosen.call.on_screening == "introduce",
                       {},
                       {}};
  options.recording = chosen.recording.calls == "on";
  options.announce_recording = chosen.recording.announce;
  return options;
}

std::optional<voice_wish> wish_of(const call_sheet& sheet) {
  const auto profile = parse_agent_profile(sheet.profile);
  if (!profile) {
    spdlog::error("call: unusable agent call={} agent={} version={} reason={}",
                  sheet.id.str(),
                  sheet.agent.str(),
                  sheet.agent_version,
                  to_string(profile.error()));
    return std::nullopt;
  }
  return voice_wish{profile->brain, opening_language(*profile, prompt_facts_of(sheet))};
}

} // namespace

call_voices voices_of(const settings& chosen) {
  const bool has_speech_model = !chosen.providers.openai.api_key.empty();
  call_voices voices;
  voices.usual =
      parse_brain_kind(chosen.call.brain)
          .value_or(has_speech_model ? brain_kind::realtime : brain_kind::gather);
  const auto by_text = embedded_agents();
  voices.agents.emplace(brain_kind::relay, by_text);
  voices.agents.emplace(brain_kind::gather, by_text);
  if (has_speech_model)
    voices.agents.emplace(brain_kind::realtime,
                          speaking_agents(speaking_options_of(chosen)));
  if (can_cascade(chosen))
    voices.agents.emplace(brain_kind::cascade,
                          speaking_agents(speaking_options_of(chosen)));
  if (auto knows = own_dictionary(chosen))
    voices.agents.emplace(brain_kind::embedded,
                          embedded_agents({whole_seconds(chosen.call.idle_timeout),
                                           whole_seconds(chosen.call.no_media_timeout),
                                           std::move(*knows)}));
  voices.wish_of = wish_of;
  return voices;
}

} // namespace caly
