#include "cluster/node/voices.hpp"

#include "actors/agent/realtime_session.hpp"
#include "cluster/node/cascade_parts.hpp"
#include "cluster/node/embedded_agent.hpp"
#include "cluster/node/own_speech.hpp"
#include "cluster/node/prompt_facts.hpp"
#include "cluster/node/speaking_agent.hpp"
#include "config/units.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

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

/// What of the settings decides how agents speak.
struct voice_plan {
  brain_kind usual = brain_kind::gather;
  std::set<brain_kind> able;
  std::set<std::string> recording_carriers;
  speaking_options speaking;
};

voice_plan plan_of(const settings& chosen, bool has_dictionary) {
  const bool has_speech_model = !chosen.providers.openai.api_key.empty();
  voice_plan plan;
  plan.usual =
      parse_brain_kind(chosen.call.brain)
          .value_or(has_speech_model ? brain_kind::realtime : brain_kind::gather);
  plan.able = {brain_kind::relay, brain_kind::gather};
  if (has_speech_model)
    plan.able.insert(brain_kind::realtime);
  if (can_cascade(chosen))
    plan.able.insert(brain_kind::cascade);
  if (has_dictionary)
    plan.able.insert(brain_kind::embedded);
  plan.speaking = speaking_options_of(chosen);
  return plan;
}

std::string recipe_of(const voice_plan& plan) {
  const auto& speaking = plan.speaking;
  json_writer out;
  out.begin_object().field("usual", to_string(plan.usual)).key("able").begin_array();
  for (const auto each : plan.able)
    out.value(to_string(each));
  out.end_array().key("recording_carriers").begin_array();
  for (const auto& each : plan.recording_carriers)
    out.value(each);
  out.end_array().field("voice", speaking.realtime.voice);
  out.field("transcription_model", speaking.realtime.transcription_model);
  out.field("idle_s", std::int64_t{speaking.idle.count()});
  out.field("no_media_s", std::int64_t{speaking.no_media.count()});
  out.field("tool_calls_max", speaking.tool_calls_max);
  out.field("recording", speaking.recording);
  out.field("announce_recording", speaking.announce_recording);
  out.field("listens", speaking.answering.listens);
  out.field("leaves_message", speaking.answering.leaves_message);
  out.field("navigates", speaking.answering.navigates);
  out.field("introduces", speaking.answering.introduces).end_object();
  return std::move(out).str();
}

caf::expected<voice_plan> read_plan(const json& recipe) {
  constexpr std::int64_t count_max = 1'000'000;
  json_reader from{recipe};
  voice_plan plan;
  const auto usual = parse_brain_kind(from.text("usual"));
  if (!usual)
    from.fail("usual", "must be the name of a brain");
  plan.usual = usual.value_or(brain_kind::gather);
  for (const auto& each : from.value("able").items())
    if (const auto brain = parse_brain_kind(each.text_or("")))
      plan.able.insert(*brain);
    else
      from.fail("able", "must be names of brains");
  for (const auto& each : from.value("recording_carriers").items())
    plan.recording_carriers.emplace(each.text_or(""));
  auto& speaking = plan.speaking;
  speaking.realtime.voice = from.text_or("voice", "");
  speaking.realtime.transcription_model = from.text_or("transcription_model", "");
  speaking.idle = std::chrono::seconds{from.integer("idle_s", 0, count_max)};
  speaking.no_media = std::chrono::seconds{from.integer("no_media_s", 0, count_max)};
  speaking.tool_calls_max =
      static_cast<int>(from.integer("tool_calls_max", 0, count_max));
  speaking.recording = from.boolean_or("recording", false);
  speaking.announce_recording = from.boolean_or("announce_recording", true);
  speaking.answering = {from.boolean_or("listens", false),
                        from.boolean_or("leaves_message", false),
                        from.boolean_or("navigates", false),
                        from.boolean_or("introduces", false),
                        {},
                        {}};
  if (!from.ok())
    return caf::make_error(errc::invalid, "voices: " + from.summary());
  return plan;
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

call_voices voices_from(const voice_plan& plan, const known_word& knows) {
  call_voices voices;
  voices.usual = plan.usual;
  const auto by_text = carrier_agents({plan.speaking.recording,
                                       plan.speaking.announce_recording,
                                       plan.recording_carriers});
  const auto by_model = speaking_agents(plan.speaking);
  for (const auto brain : plan.able)
    switch (brain) {
    case brain_kind::relay:
    case brain_kind::gather:
      voices.agents.emplace(brain, by_text);
      break;
    case brain_kind::realtime:
    case brain_kind::cascade:
      voices.agents.emplace(brain, by_model);
      break;
    case brain_kind::embedded:
      voices.agents.emplace(
          brain, embedded_agents({plan.speaking.idle, plan.speaking.no_media, knows}));
      break;
    }
  voices.wish_of = wish_of;
  voices.recipe = recipe_of(plan);
  return voices;
}

} // namespace

call_voices voices_of(const settings& chosen, std::set<std::string> recording_carriers) {
  auto knows = own_dictionary(chosen);
  auto plan = plan_of(chosen, knows.has_value());
  plan.recording_carriers = std::move(recording_carriers);
  return voices_from(plan, knows ? std::move(*knows) : known_word{});
}

caf::expected<call_voices> voices_again(const json& recipe) {
  const auto plan = read_plan(recipe);
  if (!plan)
    return plan.error();
  return voices_from(*plan, {});
}

} // namespace caly
