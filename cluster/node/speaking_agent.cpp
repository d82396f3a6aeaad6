#include "cluster/node/speaking_agent.hpp"

#include "actors/agent/tool_desk.hpp"
#include "actors/model/speech/slot_filler.hpp"
#include "cluster/node/prompt_facts.hpp"
#include "runtime/base/json.hpp"

#include <spdlog/spdlog.h>

namespace caly {

namespace {

/// Turns that seed a model's context; older ones are left out.
constexpr std::size_t context_turns_max = 60;

/// A conversation item that tells the model what was said before.
std::string context_item(const transcript_turn& turn) {
  const auto agent = turn.role == "agent";
  json_writer out;
  out.begin_object().field("type", "conversation.item.create").key("item").begin_object();
  out.field("type", "message").field("role", agent ? "assistant" : "user");
  out.key("content").begin_array().begin_object();
  out.field("type", agent ? "output_text" : "input_text").field("text", turn.text);
  out.end_object().end_array().end_object().end_object();
  return std::move(out).str();
}

class speaking_agent : public call_agent {
public:
  speaking_agent(agent_profile profile,
                 prompt_variables variables,
                 const speaking_options& options)
      : profile_{std::move(profile)},
        variables_{std::move(variables)},
        options_{options},
        desk_{options.tool_calls_max} {}

  media_plan plan(const std::vector<transcript_turn>& said) override {
    media_plan plan;
    plan.session_update =
        realtime_session_config(profile_, variables_, options_.realtime);
    plan.idle_s = static_cast<std::int32_t>(options_.idle.count());
    plan.no_media_s = static_cast<std::int32_t>(options_.no_media.count());
    if (said.empty())
      plan.greeting = greeting_text(profile_, variables_);
    const auto first =
        said.size() > context_turns_max ? said.size() - context_turns_max : 0;
    for (std::size_t i = first; i < said.size(); ++i)
      if (said[i].role != "tool")
        plan.context.push_back(context_item(said[i]));
    return plan;
  }

  tool_effect use_tool(const tool_called& ask, std::string_view caller_said) override {
    // The platform decides from what was heard, whatever the model believes.
    const bool confirmed = find_yes_no(caller_said) == true;
    auto outcome = desk_.call(profile_, ask.name, ask.arguments, confirmed);
    tool_effect effect;
    effect.output = std::move(outcome.output);
    effect.end_call = outcome.end_call;
    if (outcome.action) {
      effect.action_kind = std::move(outcome.action->kind);
      effect.arguments = std::move(outcome.action->arguments);
    }
    return effect;
  }

private:
  agent_profile profile_;
  prompt_variables variables_;
  speaking_options options_;
  tool_desk desk_;
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
    return std::make_unique<speaking_agent>(
        std::move(*profile), prompt_facts_of(sheet), options);
  };
}

} // namespace caly
