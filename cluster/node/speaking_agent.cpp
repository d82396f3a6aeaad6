#include "cluster/node/speaking_agent.hpp"

#include "actors/agent/disclosure.hpp"
#include "actors/agent/local_time.hpp"
#include "actors/agent/slot_desk.hpp"
#include "actors/agent/tool_desk.hpp"
#include "actors/model/speech/language_course.hpp"
#include "actors/model/speech/slot_filler.hpp"
#include "cluster/node/handing_over.hpp"
#include "cluster/node/prompt_facts.hpp"
#include "cluster/node/recording_wish.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly {

namespace {

/// Turns that seed a model's context; older ones are left out.
constexpr std::size_t context_turns_max = 60;

/// Said while a thought takes long, and when none came.
const by_language fillers{{"en", "One moment, please."},
                          {"hi", "एक मिनट, मैं देख रही हूँ।"},
                          {"hinglish", "Ek minute, main dekhti hoon."}};
/// Said when the caller was on hold, or spoke with a person.
const by_language returns{
    {"en", "Thank you for waiting. I am back."},
    {"hi", "इंतज़ार के लिए धन्यवाद। मैं वापस आ गई हूँ।"},
    {"hinglish", "Wait karne ke liye thank you. Main wapas aa gayi."}};
const by_language still_theres{{"en", "Are you still there?"},
                               {"hi", "क्या आप लाइन पर हैं?"},
                               {"hinglish", "Aap line par hain?"}};
const by_language troubles{{"en", "Sorry, I did not get that. Could you say it again?"},
                           {"hi", "माफ़ कीजिए, क्या आप फिर से कहेंगे?"},
                           {"hinglish", "Sorry, kya aap phir se kahenge?"}};

class speaking_agent : public call_agent {
public:
  speaking_agent(agent_profile profile,
                 prompt_variables variables,
                 const speaking_options& options,
                 bool outbound,
                 bool recorded,
                 std::string zone)
      : profile_{std::move(profile)},
        variables_{std::move(variables)},
        options_{options},
        outbound_{outbound},
        recorded_{recorded},
        zone_{std::move(zone)},
        desk_{options.tool_calls_max},
        slots_{profile_},
        language_{languages_from(profile_, opening_language(profile_, variables_)),
                  profile_.switching} {}

  media_plan plan(const std::vector<transcript_turn>& said,
                  const std::vector<done_action>& done) override {
    media_plan plan;
    plan.session_update =
        realtime_session_config(profile_, variables_, options_.realtime);
    plan.idle_s = static_cast<std::int32_t>(options_.idle.count());
    plan.still_there = in_language(still_theres, language_after(said));
    plan.recorded = recorded_;
    plan.no_media_s = static_cast<std::int32_t>(options_.no_media.count());
    plan.greeting = said.empty() ? greeting_text(profile_, variables_)
                                 : words_after_break(said, done);
    plan.brief = brief(said, done);
    // Whoever goes on after a break knows whom it talks to.
    if (outbound_ && said.empty())
      plan.answering = answering();
    return plan;
  }

  tool_effect
  use_tool(const tool_called& ask, std::string_view caller_said, wall_time now) override {
    hear(caller_said);
    tool_effect effect;
    if (auto slot = slots_.use(ask.name,
                               ask.arguments,
                               caller_said,
                               language_.now(),
                               local_time_in(zone_, now))) {
      effect.output = std::move(slot->output);
      effect.slots = std::move(slot->changes);
      effect.expects = std::move(slot->expects);
      return effect;
    }
    if (ask.name == language_tool_name)
      return switch_language(ask);
    const auto* tool = profile_.find_tool(ask.name);
    if (tool && tool->effect == "end_call")
      if (auto missing = slots_.hold_back_end()) {
        effect.output = std::move(*missing);
        return effect;
      }
    // The platform decides from what was heard, whatever the model believes.
    const bool confirmed = find_yes_no(caller_said) == true;
    auto outcome = desk_.call(profile_, ask.name, ask.arguments, confirmed);
    effect.output = std::move(outcome.output);
    effect.end_call = outcome.end_call;
    effect.pauses_recording = outcome.pauses_recording;
    if (outcome.transfer)
      effect.transfer = order_of(*outcome.transfer, profile_);
    effect.keys = std::move(outcome.keys);
    if (outcome.action) {
      effect.action_kind = std::move(outcome.action->kind);
      effect.arguments = std::move(outcome.action->arguments);
    }
    return effect;
  }

  void restore(const std::vector<captured_slot>& slots) override {
    slots_.restore(slots);
  }

  std::string not_transferred(const std::string& name,
                              const std::vector<transcript_turn>& said) override {
    return nobody_there(name, language_after(said));
  }

  std::string back_again(const std::vector<transcript_turn>& said) override {
    return std::string{in_language(returns, language_after(said))};
  }

  std::string time_is_up(const std::vector<transcript_turn>& said) override {
    return render_prompt(in_language(profile_.goodbye, language_after(said)), variables_);
  }

private:
  /// Once a turn: two tools of one turn hear the same words.
  void hear(std::string_view caller_said) {
    if (caller_said != heard_)
      language_.hear(caller_said);
    heard_ = caller_said;
  }

  tool_effect switch_language(const tool_called& ask) {
    tool_effect effect;
    const auto given = json::parse(ask.arguments);
    const auto wanted = given ? (*given)["language"].text_or("") : std::string_view{};
    const bool spoken =
        std::ranges::find(profile_.languages, wanted) != profile_.languages.end();
    json_writer out;
    out.begin_object();
    if (!spoken || profile_.switching == language_switching::never) {
      out.field("ok", false).field("status", "not_spoken");
      out.field("message", "You do not speak that language in this call.");
    } else {
      language_.use(wanted);
      effect.language = wanted;
      out.field("ok", true).field("language", wanted);
      out.field("message",
                "Speak " + std::string{language_name(wanted)} + " from now on.");
    }
    out.end_object();
    effect.output = std::move(out).str();
    return effect;
  }

  /// A caller whom nobody took comes back; else the line broke.
  std::string words_after_break(const std::vector<transcript_turn>& said,
                                const std::vector<done_action>& done) const {
    if (done.empty() || !done.back().kind.starts_with("transfer_"))
      return bridge_after(said);
    const auto about = json::parse(done.back().arguments);
    return nobody_there(about ? (*about)["name"].text_or("") : "", language_after(said));
  }

  answer_plan answering() const {
    auto out = options_.answering;
    const auto language = opening_language(profile_, variables_);
    const auto presses_keys = [](const auto& x) { return x.effect == "press_keys"; };
    out.navigates = out.navigates && std::ranges::any_of(profile_.tools, presses_keys);
    if (!profile_.on_voicemail.empty())
      out.leaves_message = profile_.on_voicemail == "message";
    out.introduction = greeting_text(profile_, variables_);
    out.voicemail_message =
        render_prompt(in_language(profile_.voicemail_message, language), variables_);
    if (out.voicemail_message.empty())
      out.voicemail_message =
          out.introduction + ' ' +
          render_prompt(in_language(profile_.goodbye, language), variables_);
    return out;
  }

  agent_brief brief(const std::vector<transcript_turn>& said,
                    const std::vector<done_action>& done) const {
    agent_brief out;
    out.instructions = agent_instructions(profile_, variables_);
    for (const auto& tool : profile_.tools)
      out.tools.push_back({tool.name, tool.description, tool.parameters});
    const auto language = language_after(said);
    out.languages = languages_from(profile_, language);
    out.switching = profile_.switching;
    const auto first =
        said.size() > context_turns_max ? said.size() - context_turns_max : 0;
    out.said.assign(said.begin() + static_cast<std::ptrdiff_t>(first), said.end());
    out.done = done;
    out.filler = in_language(fillers, language);
    out.trouble = in_language(troubles, language);
    return out;
  }

  /// The one that was spoken last, as far as the words tell.
  std::string language_after(const std::vector<transcript_turn>& said) const {
    language_course course{
        languages_from(profile_, opening_language(profile_, variables_)),
        profile_.switching};
    for (const auto& turn : said)
      if (!turn.language.empty())
        course.use(turn.language);
      else if (turn.role == "caller")
        course.hear(turn.text);
    return course.now();
  }

  std::string bridge_after(const std::vector<transcript_turn>& said) const {
    return render_prompt(in_language(profile_.bridge, language_after(said)), variables_);
  }

  agent_profile profile_;
  prompt_variables variables_;
  speaking_options options_;
  bool outbound_;
  bool recorded_;
  std::string zone_;
  tool_desk desk_;
  slot_desk slots_; ///< refers to `profile_`
  language_course language_;
  std::string heard_; ///< the caller's last words that `language_` knows
};

} // namespace

call_agent_maker speaking_agents(speaking_options options) {
  return [options = std::move(options)](
             const call_sheet& sheet) -> std::unique_ptr<call_agent> {
    auto profile = parse_agent_profile(sheet.profile);
    if (!profile) {
      spdlog::error("call: unusable agent call={} agent={} version={} reason={}",
                    sheet.id.str(),
                    sheet.agent.str(),
                    sheet.agent_version,
                    to_string(profile.error()));
      return nullptr;
    }
    const auto recorded = is_recorded(sheet, *profile, options.recording);
    put_disclosure_first(*profile, recorded && options.announce_recording);
    return std::make_unique<speaking_agent>(std::move(*profile),
                                            prompt_facts_of(sheet),
                                            options,
                                            sheet.direction == "outbound",
                                            recorded,
                                            zone_of(sheet));
  };
}

} // namespace caly
