#include "tests/simulators/openai/realtime_config.hpp"

#include <algorithm>
#include <array>

namespace caly::sim {

namespace {

constexpr std::array<std::string_view, 14> session_fields{"type",
                                                          "model",
                                                          "output_modalities",
                                                          "instructions",
                                                          "audio",
                                                          "tools",
                                                          "tool_choice",
                                                          "max_output_tokens",
                                                          "truncation",
                                                          "prompt",
                                                          "tracing",
                                                          "include",
                                                          "parallel_tool_calls",
                                                          "reasoning"};

constexpr std::string_view default_detection =
    R"({"type":"server_vad","threshold":0.5,"prefix_padding_ms":300,)"
    R"("silence_duration_ms":500,"idle_timeout_ms":null,"create_response":true,)"
    R"("interrupt_response":true})";

realtime_problem invalid(std::string param, std::string_view value) {
  return {
      "invalid_value", "Invalid value: '" + std::string{value} + "'.", std::move(param)};
}

std::optional<audio_codec> codec_of(const json& format) {
  const auto type = format["type"].text_or("");
  if (type == "audio/pcmu")
    return audio_codec::pcmu;
  if (type == "audio/pcma")
    return audio_codec::pcma;
  if (type == "audio/pcm" && format["rate"].int_or(24000) == 24000)
    return audio_codec::pcm24;
  return std::nullopt;
}

std::string_view format_text(audio_codec codec) {
  switch (codec) {
  case audio_codec::pcmu:
    return R"({"type":"audio/pcmu"})";
  case audio_codec::pcma:
    return R"({"type":"audio/pcma"})";
  case audio_codec::pcm24:
    break;
  }
  return R"({"type":"audio/pcm","rate":24000})";
}

std::optional<realtime_problem>
set_format(const json& side, const std::string& param, audio_codec& target) {
  if (!side.has("format"))
    return std::nullopt;
  const auto codec = codec_of(side["format"]);
  if (!codec)
    return invalid(param + ".format", side["format"].dump());
  target = *codec;
  return std::nullopt;
}

} // namespace

realtime_config::realtime_config(std::string model)
    : model_{std::move(model)}, detection_{default_detection} {}

std::optional<realtime_problem> realtime_config::update(const json& session) {
  const auto type = session["type"].text_or("");
  if (type.empty())
    return realtime_problem{"missing_required_parameter",
                            "Missing required parameter: 'session.type'.",
                            "session.type"};
  if (type != "realtime" && type != "transcription")
    return invalid("session.type", type);
  for (const auto& [key, value] : session.members())
    if (std::find(session_fields.begin(), session_fields.end(), key) ==
        session_fields.end())
      return realtime_problem{"unknown_parameter",
                              "Unknown parameter: 'session." + key + "'.",
                              "session." + key};
  auto next = *this;
  if (session.has("instructions"))
    next.instructions = session["instructions"].text_or("");
  if (session.has("tools")) {
    for (const auto& tool : session["tools"].items())
      if (tool["type"].text_or("") == "function" && tool["name"].text_or("").empty())
        return realtime_problem{"missing_required_parameter",
                                "Missing required parameter: 'session.tools[0].name'.",
                                "session.tools[0].name"};
    next.tools = session["tools"];
  }
  if (session.has("tool_choice"))
    next.tool_choice_ = session["tool_choice"].dump();
  if (session.has("max_output_tokens"))
    next.tokens_max_ = session["max_output_tokens"].dump();
  if (session.has("output_modalities")) {
    const auto& wanted = session["output_modalities"].items();
    if (wanted.size() != 1)
      return invalid("session.output_modalities", session["output_modalities"].dump());
    next.speaks = wanted.front().text_or("") == "audio";
  }
  if (const auto problem = next.update_input(session["audio"]["input"]))
    return problem;
  if (const auto problem = next.update_output(session["audio"]["output"]))
    return problem;
  *this = std::move(next);
  return std::nullopt;
}

std::optional<realtime_problem> realtime_config::update_input(const json& input_side) {
  if (const auto problem = set_format(input_side, "session.audio.input", input))
    return problem;
  if (input_side.has("noise_reduction"))
    noise_reduction_ = input_side["noise_reduction"].dump();
  if (input_side.has("transcription")) {
    transcription_ = input_side["transcription"].dump();
    transcribes = input_side["transcription"].is_object();
  }
  if (input_side.has("turn_detection"))
    return update_turns(input_side["turn_detection"]);
  return std::nullopt;
}

std::optional<realtime_problem> realtime_config::update_turns(const json& detection) {
  detection_ = detection.dump();
  detects_turns = detection.is_object();
  if (!detects_turns)
    return std::nullopt;
  const auto type = detection["type"].text_or("");
  if (type != "server_vad" && type != "semantic_vad")
    return invalid("session.audio.input.turn_detection.type", type);
  creates_responses = detection["create_response"].bool_or(true);
  interrupts_responses = detection["interrupt_response"].bool_or(true);
  silence_ms = static_cast<int>(
      std::clamp<std::int64_t>(detection["silence_duration_ms"].int_or(500), 100, 5000));
  prefix_ms = static_cast<int>(
      std::clamp<std::int64_t>(detection["prefix_padding_ms"].int_or(300), 0, 5000));
  return std::nullopt;
}

std::optional<realtime_problem> realtime_config::update_output(const json& output_side) {
  if (const auto problem = set_format(output_side, "session.audio.output", output))
    return problem;
  if (output_side["voice"].is_string())
    voice_ = output_side["voice"].text_or("");
  const auto& speed = output_side["speed"];
  if (speed.type() == json::kind::number) {
    const auto factor = speed.as_double().value_or(0);
    if (factor < 0.25 || factor > 1.5)
      return invalid("session.audio.output.speed", speed.dump());
  }
  return std::nullopt;
}

void realtime_config::describe(std::string_view id, json_writer& out) const {
  out.begin_object()
      .field("type", "realtime")
      .field("object", "realtime.session")
      .field("id", id)
      .field("model", model_);
  out.key("output_modalities").begin_array().value(speaks ? "audio" : "text").end_array();
  out.field("instructions", instructions);
  out.key("tools");
  if (tools.is_array())
    out.value(tools);
  else
    out.begin_array().end_array();
  out.raw_field("tool_choice", tool_choice_).raw_field("max_output_tokens", tokens_max_);
  out.null_field("tracing").field("truncation", "auto").null_field("prompt");
  out.key("audio").begin_object().key("input").begin_object();
  out.raw_field("format", format_text(input))
      .raw_field("transcription", transcription_)
      .raw_field("noise_reduction", noise_reduction_)
      .raw_field("turn_detection", detection_);
  out.end_object().key("output").begin_object();
  out.raw_field("format", format_text(output)).field("voice", voice_).field("speed", 1);
  out.end_object().end_object().end_object();
}

int milliseconds_of(audio_codec codec, std::size_t bytes) {
  return static_cast<int>(bytes / (codec == audio_codec::pcm24 ? 48 : 8));
}

} // namespace caly::sim
