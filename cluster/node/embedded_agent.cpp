#include "cluster/node/embedded_agent.hpp"

#include "actors/agent/dialog.hpp"
#include "actors/agent/disclosure.hpp"
#include "actors/agent/local_time.hpp"
#include "actors/model/speech/spoken_grammar.hpp"
#include "cluster/node/handing_over.hpp"
#include "cluster/node/prompt_facts.hpp"
#include "cluster/node/recording_wish.hpp"
#include "runtime/base/text.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace caly {

namespace {

/// Compiled agents that are kept; more than a node has in use at a time.
constexpr std::size_t compiled_max = 256;
/// Times that nothing is heard before the agent says goodbye.
constexpr int silences_max = 2;

const by_language& are_you_there() {
  static const by_language texts{{"en", "Hello? Are you still there?"},
                                 {"hi", "हैलो? क्या आप सुन रहे हैं?"},
                                 {"hinglish", "Hello? Kya aap sun rahe hain?"}};
  return texts;
}

const by_language& not_saved() {
  static const by_language texts{
      {"en", "Sorry, I could not note that just now. Our team will get back to you."},
      {"hi", "माफ़ कीजिए, मैं यह अभी नोट नहीं कर पाई। हमारी टीम आपसे संपर्क करेगी।"},
      {"hinglish",
       "Sorry, main yeh abhi note nahi kar paayi. Hamari team aapse contact karegi."}};
  return texts;
}

const by_language& not_heard() {
  static const by_language texts{
      {"en", "Sorry, I did not hear that. Could you say it again?"},
      {"hi", "माफ़ कीजिए, मैं सुन नहीं पाई। क्या आप फिर से कहेंगे?"},
      {"hinglish", "Sorry, main sun nahi paayi. Kya aap phir se kahenge?"}};
  return texts;
}

/// An agent's version with its patterns ready; shared by its calls.
struct compiled_agent {
  compiled_agent(agent_profile x, bool wants) : profile{std::move(x)}, recorded{wants} {}

  const agent_profile profile;
  std::optional<intent_matcher> matcher; ///< refers to `profile`; set once
  const bool recorded;                   ///< is wanted
  std::string grammar; ///< What our own recogniser can hear of its callers; set once.
};

using compiled_agent_ptr = std::shared_ptr<const compiled_agent>;

/// Where agents speak.
struct workplace {
  known_word knows;                                  ///< of a recogniser of ours
  std::optional<carrier_agent_options> by_carrier{}; ///< nothing: here
};

caf::expected<compiled_agent_ptr> compile(const call_sheet& sheet, const workplace& at) {
  auto profile = parse_agent_profile(sheet.profile);
  if (!profile)
    return std::move(profile.error());
  // What this node itself hears and speaks by its own recogniser is not recorded.
  const auto recorded =
      at.by_carrier && is_recorded(sheet, *profile, at.by_carrier->recording);
  put_disclosure_first(*profile,
                       recorded && at.by_carrier->announce_recording &&
                           at.by_carrier->recording_carriers.contains(sheet.provider));
  const auto& knows = at.knows;
  auto agent = std::make_shared<compiled_agent>(std::move(*profile), recorded);
  auto matcher = intent_matcher::make(agent->profile);
  if (!matcher)
    return std::move(matcher.error());
  agent->matcher.emplace(std::move(*matcher));
  if (knows &&
      std::ranges::find(agent->profile.languages, "en") != agent->profile.languages.end())
    agent->grammar = make_spoken_grammar(agent->profile, knows).jsgf;
  return compiled_agent_ptr{std::move(agent)};
}

/// Compiles each version of an agent once. Call actors on several threads share it.
class agent_shelf {
public:
  explicit agent_shelf(workplace at) : at_{std::move(at)} {}

  caf::expected<compiled_agent_ptr> get(const call_sheet& sheet) {
    // What the greeting says of a recording depends on the tenant's word and the carrier.
    const auto key = sheet.agent.str() + '/' + std::to_string(sheet.agent_version) + '/' +
                     sheet.recording + '/' + sheet.provider;
    const std::lock_guard guard{mutex_};
    if (const auto known = ready_.find(key); known != ready_.end())
      return known->second;
    auto agent = compile(sheet, at_);
    if (!agent)
      return agent;
    if (ready_.size() >= compiled_max)
      ready_.clear();
    ready_.emplace(key, *agent);
    return agent;
  }

private:
  const workplace at_;
  std::mutex mutex_;
  std::unordered_map<std::string, compiled_agent_ptr> ready_;
};

class embedded_agent : public call_agent {
public:
  embedded_agent(compiled_agent_ptr agent,
                 prompt_variables variables,
                 std::string zone,
                 const embedded_agent_options& options)
      : options_{options},
        agent_{std::move(agent)},
        dialog_{agent_->profile, *agent_->matcher, std::move(variables)},
        zone_{std::move(zone)} {}

  /// For a brain that listens and speaks here; it asks for all words, the first ones too.
  media_plan plan(const std::vector<transcript_turn>&,
                  const std::vector<done_action>&) override {
    media_plan plan;
    plan.idle_s = static_cast<std::int32_t>(options_.idle.count());
    plan.still_there = words(are_you_there());
    plan.no_media_s = static_cast<std::int32_t>(options_.no_media.count());
    plan.brief.languages = agent_->profile.languages;
    plan.brief.trouble = words(not_heard());
    plan.brief.grammar = agent_->grammar;
    plan.recorded = agent_->recorded;
    return plan;
  }

  tool_effect use_tool(const tool_called&, std::string_view, wall_time) override {
    return {R"({"ok":false,"error":"this agent has no model"})", {}, {}, true};
  }

  text_answer open(const std::vector<transcript_turn>& said) override {
    remember(said);
    text_answer answer;
    answer.language = dialog_.language();
    answer.text =
        said.empty() ? dialog_.greeting() : std::string{words(agent_->profile.bridge)};
    return answer;
  }

  text_answer reply(std::string_view heard,
                    const std::vector<transcript_turn>& said,
                    wall_time now) override {
    remember(said);
    if (trim(heard).empty())
      return after_silence();
    silences_ = 0;
    auto step = dialog_.step(heard, local_time_in(zone_, now));
    text_answer answer;
    answer.text = std::move(step.reply);
    answer.language = std::move(step.language);
    if (answer.language.empty())
      answer.language = dialog_.language();
    if (step.action) {
      answer.action_kind = std::move(step.action->kind);
      answer.arguments = std::move(step.action->arguments);
      answer.unsaved = words(not_saved());
    }
    if (step.transfer) {
      answer.transfer = order_of(*step.transfer, agent_->profile);
      answer.unsaved = nobody_there(step.transfer->to.name, dialog_.language());
    }
    answer.pauses_recording = step.pauses_recording;
    answer.slots = std::move(step.captured);
    answer.expects = std::move(step.expects);
    answer.end_call = step.end_call;
    answer.end_reason = std::move(step.end_reason);
    return answer;
  }

  std::string time_is_up(const std::vector<transcript_turn>&) override {
    return std::string{words(agent_->profile.goodbye)};
  }

  std::string not_transferred(const std::string& name,
                              const std::vector<transcript_turn>&) override {
    return nobody_there(name, dialog_.language());
  }

private:
  std::string_view words(const by_language& texts) const {
    return in_language(texts, dialog_.language());
  }

  /// Brings the dialog to where `said` left it, once.
  void remember(const std::vector<transcript_turn>& said) {
    if (std::exchange(remembers_, true))
      return;
    for (const auto& turn : said)
      if (turn.role == "caller")
        dialog_.step(
            turn.text,
            local_time_in(zone_, wall_time{} + std::chrono::milliseconds{turn.at_ms}));
  }

  text_answer after_silence() {
    text_answer answer;
    answer.language = dialog_.language();
    if (++silences_ < silences_max) {
      answer.text = words(are_you_there());
      return answer;
    }
    answer.text = words(agent_->profile.goodbye);
    answer.end_call = true;
    answer.end_reason = "idle";
    return answer;
  }

  const embedded_agent_options options_;
  compiled_agent_ptr agent_;
  dialog dialog_;
  std::string zone_;
  bool remembers_ = false;
  int silences_ = 0;
};

call_agent_maker makers_at(workplace at, embedded_agent_options options) {
  return [shelf = std::make_shared<agent_shelf>(std::move(at)),
          options](const call_sheet& sheet) -> std::unique_ptr<call_agent> {
    auto agent = shelf->get(sheet);
    if (!agent) {
      spdlog::error("call: unusable agent call={} agent={} version={} reason={}",
                    sheet.id.str(),
                    sheet.agent.str(),
                    sheet.agent_version,
                    to_string(agent.error()));
      return nullptr;
    }
    return std::make_unique<embedded_agent>(
        std::move(*agent), prompt_facts_of(sheet), zone_of(sheet), options);
  };
}

} // namespace

call_agent_maker embedded_agents(embedded_agent_options options) {
  return makers_at({options.knows}, options);
}

call_agent_maker carrier_agents(carrier_agent_options options) {
  return makers_at({{}, std::move(options)}, {});
}

} // namespace caly
