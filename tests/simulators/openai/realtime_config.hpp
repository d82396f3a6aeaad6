#pragma once

#include "runtime/base/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace caly::sim {

enum class audio_codec { pcmu, pcma, pcm24 };

/// An `error` event in the making.
struct realtime_problem {
  std::string code;
  std::string message;
  std::string param;
};

/// The session object of the Realtime API (GA shape): what the client set, validated.
class realtime_config {
public:
  explicit realtime_config(std::string model);

  /// Applies the present fields of a `session.update`; all of them or none.
  std::optional<realtime_problem> update(const json& session);
  void describe(std::string_view id, json_writer& out) const;

  std::string instructions;
  json tools;
  audio_codec input = audio_codec::pcm24;
  audio_codec output = audio_codec::pcm24;
  bool speaks = true; ///< Audio rather than text.
  bool transcribes = false;
  bool detects_turns = true;
  bool creates_responses = true;
  bool interrupts_responses = true;
  int silence_ms = 500;
  int prefix_ms = 300;

private:
  std::optional<realtime_problem> update_input(const json& input);
  std::optional<realtime_problem> update_output(const json& output);
  std::optional<realtime_problem> update_turns(const json& detection);

  std::string model_;
  std::string voice_ = "alloy";
  // What is only echoed, as JSON text.
  std::string transcription_ = "null";
  std::string noise_reduction_ = "null";
  std::string detection_;
  std::string tool_choice_ = "\"auto\"";
  std::string tokens_max_ = "\"inf\"";
};

/// Milliseconds that `bytes` of this codec last.
int milliseconds_of(audio_codec codec, std::size_t bytes);

} // namespace caly::sim
