#include "tests/simulators/bolna/bolna_call.hpp"

#include "tests/simulators/openai/brain.hpp"

namespace caly::sim {

namespace {

constexpr double turn_s = 4; // one line of each
constexpr double cost_cents_a_second = 0.1;

void write_telephony(const bolna_call& call, json_writer& out) {
  out.begin_object()
      .field("duration", std::to_string(call.complete ? call.conversation_s : 0))
      .field("to_number", call.to)
      .field("from_number", call.from)
      .null_field("recording_url")
      .field("hosted_telephony", true)
      .field("provider_call_id", "sim-" + call.id)
      .field("call_type", "outbound")
      .field("provider", "plivo");
  if (call.hangup_by.empty()) {
    out.null_field("hangup_by").null_field("hangup_reason");
    out.null_field("hangup_provider_code");
  } else {
    out.field("hangup_by", call.hangup_by)
        .field("hangup_reason", call.hangup_reason)
        .field("hangup_provider_code", call.hangup_code);
  }
  out.field("ring_duration", call.plan.ring_s)
      .field("post_dial_delay", 0)
      .null_field("to_number_carrier")
      .end_object();
}

} // namespace

void describe(const bolna_call& call, bool trimmed, json_writer& out) {
  const auto seconds = call.complete ? call.conversation_s : 0;
  out.begin_object()
      .field("id", call.id)
      .field("agent_id", call.agent.id)
      .null_field("batch_id")
      .field("status", call.status)
      .field("conversation_duration", seconds)
      .field("conversation_time", seconds)
      .field("total_cost", seconds * cost_cents_a_second)
      .null_field("error_message")
      .field("answered_by_voice_mail",
             call.over && call.plan.kind == callee_kind::voicemail);
  if (!trimmed) {
    if (call.complete)
      out.field("transcript", call.transcript);
    else
      out.null_field("transcript");
  }
  out.key("cost_breakdown").begin_object();
  out.field("platform", seconds * cost_cents_a_second).end_object();
  out.key("telephony_data");
  write_telephony(call, out);
  out.null_field("transfer_call_data").null_field("batch_run_details");
  out.key("extracted_data").begin_object().end_object();
  out.key("context_details").begin_object();
  for (const auto& [key, value] : call.user_data.members())
    out.field(key, value);
  out.key("recipient_data");
  if (call.user_data.is_object())
    out.value(call.user_data);
  else
    out.null();
  out.end_object();
  out.field("created_at", to_rfc3339(call.created))
      .field("updated_at", to_rfc3339(call.updated))
      .end_object();
}

std::string write_transcript(const bolna_call& call) {
  const auto& plan = call.plan;
  brain agent;
  agent.instruct("GREETING: " + call.agent.welcome + "\n" + call.agent.prompt, {});
  std::string text = "assistant: " + agent.open("").words + "\n";
  if (plan.kind == callee_kind::silent)
    return text;
  if (plan.kind == callee_kind::voicemail)
    return text + "user: " + std::string{voicemail_greeting()} + "\n";
  double left_s = call.conversation_s;
  auto lines = plan.persona->lines;
  lines.push_back(plan.persona->goodbye);
  for (const auto line : lines) {
    left_s -= turn_s;
    if (left_s < 0)
      break;
    text.append("user: ").append(line).append("\n");
    text += "assistant: " + agent.answer(line).words + "\n";
  }
  return text;
}

} // namespace caly::sim
