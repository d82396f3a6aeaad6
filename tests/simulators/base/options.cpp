#include "tests/simulators/base/options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>
#include <string_view>

namespace caly::sim {

namespace {

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec != std::errc{} || result.ptr != end || value < 0)
    return std::nullopt;
  return value;
}

/// "3-8" or "5".
std::optional<seconds_range> parse_range(std::string_view text) {
  const auto dash = text.find('-');
  const auto low = parse_number(text.substr(0, dash));
  const auto high =
      dash == std::string_view::npos ? low : parse_number(text.substr(dash + 1));
  if (!low || !high || *high < *low)
    return std::nullopt;
  return seconds_range{*low, *high};
}

void add_range(CLI::App& app,
               const std::string& name,
               seconds_range& target,
               const std::string& help) {
  app.add_option_function<std::string>(
         name,
         [name, &target](const std::string& text) {
           const auto range = parse_range(text);
           if (!range)
             throw CLI::ValidationError{name, "\"" + text + "\" is not MIN-MAX"};
           target = *range;
         },
         help)
      ->type_name("MIN-MAX");
}

} // namespace

command_line parse_command_line(int argc, char** argv) {
  command_line result;
  auto& options = result.options;
  CLI::App app{"caly_sim: the providers' wire formats without account or internet",
               "caly_sim"};
  app.add_option("--port", options.port, "port of the providers; 0 = any free");
  app.add_option("--admin-port", options.admin_port, "port of faults and state");
  app.add_option("--history", options.history_path, "file that gets one JSON a line");
  app.add_option("--seed", options.seed, "the same seed gives the same callees");
  add_range(app, "--call-seconds", options.call_seconds, "how long a callee talks");
  add_range(app, "--ring-seconds", options.ring_seconds, "how long a phone rings");
  app.add_option("--ring-out-seconds",
                 options.ring_out_seconds,
                 "how long a phone rings that nobody takes (at most the call's Timeout)");
  app.add_option("--speed", options.speed, "simulated seconds in one real second")
      ->check(CLI::Range(0.01, 1000.0));
  app.add_option("--word-ms",
                 options.word_ms,
                 "simulated milliseconds between the words of a streamed model answer")
      ->check(CLI::Range(0.0, 10'000.0));
  app.add_flag("--instant",
               options.instant,
               "every call is answered and over at once, without media");
  app.add_option("--twilio-account-sid", options.twilio_account_sid);
  app.add_option("--twilio-auth-token",
                 options.twilio_auth_token,
                 "also signs the webhooks; empty = the password of each request");
  app.add_option("--openai-api-key", options.openai_api_key);
  app.add_option("--bolna-api-key", options.bolna_api_key);
  app.add_option("--exotel-account-sid", options.exotel_account_sid);
  app.add_option("--exotel-api-key", options.exotel_api_key);
  app.add_option("--exotel-api-token", options.exotel_api_token);
  app.add_option("--s3-access-key", options.s3_access_key);
  app.add_option("--s3-secret-key", options.s3_secret_key);
  app.add_option("--azure-speech-key", options.azure_speech_key);
  app.add_option("--deepgram-api-key", options.deepgram_api_key);
  app.add_option("--elevenlabs-api-key", options.elevenlabs_api_key);
  app.add_option("--cartesia-api-key", options.cartesia_api_key);
  app.add_option("--bolna-webhook",
                 options.bolna_webhook,
                 "URL for Bolna's events when the agent names none");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    result.stop = true;
    result.exit_code = app.exit(problem) == 0 ? 0 : 2;
  }
  return result;
}

} // namespace caly::sim
