#pragma once

#include <cstdint>
#include <string>

namespace caly::sim {

/// A closed interval of simulated seconds.
struct seconds_range {
  double min = 0;
  double max = 0;
};

/// Everything the command line decides.
struct sim_options {
  std::uint16_t port = 0;       ///< HTTP and WebSocket of all providers; 0 = any free.
  std::uint16_t admin_port = 0; ///< 0 = any free.
  std::string history_path;     ///< Empty = no history file.
  std::uint64_t seed = 1;
  seconds_range call_seconds{8, 20};    ///< How long a callee talks.
  seconds_range ring_seconds{0.2, 1.0}; ///< How long a phone rings before it is taken.
  double ring_out_seconds = 5;          ///< How long a phone rings that nobody takes.
  double speed = 1;     ///< Simulated seconds that pass in one real second.
  double word_ms = 0;   ///< Simulated, between the words of a streamed model answer.
  bool instant = false; ///< Calls are answered and over at once, without media.

  // Credentials; whatever is empty is not checked.
  std::string twilio_account_sid;
  std::string twilio_auth_token;
  std::string openai_api_key;
  std::string bolna_api_key;
  std::string azure_speech_key;
  std::string deepgram_api_key;
  std::string elevenlabs_api_key;
  std::string cartesia_api_key;

  std::string bolna_webhook; ///< Where Bolna events go when the agent names no URL.

  std::string exotel_account_sid = "caly1"; ///< Of calls that ring in.
  std::string exotel_api_key;
  std::string exotel_api_token;

  /// Of the S3 side, which always checks: a signature says nothing else.
  std::string s3_access_key = "caly-sandbox";
  std::string s3_secret_key = "caly-sandbox-secret";
};

/// What the command line asked for besides running.
struct command_line {
  sim_options options;
  bool stop = false; ///< `--help` and mistakes: leave with `exit_code`.
  int exit_code = 0;
};

command_line parse_command_line(int argc, char** argv);

} // namespace caly::sim
