#pragma once

#include "runtime/base/json.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace caly::openai {

/// What a server event of the Realtime API is about, whether a server uses the names of
/// the general release or of the beta.
enum class event_kind : std::uint8_t {
  session_created,
  session_updated,
  speech_started,
  speech_stopped,
  caller_transcript,
  response_created,
  audio_delta,
  audio_done,
  transcript_delta,
  transcript_done,
  response_done,
  error,
  other_response, ///< Any other `response.*`: a sign of life.
  other,
};

event_kind kind_of(std::string_view type);

/// A function that the model calls.
struct function_call {
  std::string call_id;
  std::string name;
  std::string arguments;
};

/// One server event, read.
struct server_event {
  event_kind kind = event_kind::other;
  std::string item;
  std::string response;
  /// Base64 audio of a delta, else words.
  std::string_view text;
  std::string status; ///< of a finished response
  std::string code;   ///< of an error, or of what made a response fail
  std::string message;
  std::vector<function_call> calls;
  std::string kept; ///< what `text` may point into

  server_event() = default;
  server_event(const server_event&) = delete;
  server_event& operator=(const server_event&) = delete;
};

/// Audio deltas take a path that builds no tree. False: no event.
bool read_server_event(std::string_view text, server_event& event);

/// `audio` is base64 and needs no escaping.
std::string append_audio(std::string_view audio);
std::string truncate_item(std::string_view item, std::int64_t audio_end_ms);
std::string delete_item(std::string_view item);
std::string function_output(std::string_view call_id, std::string_view output);
/// A message of the conversation so far. `role`: agent, caller or system.
std::string
text_item(std::string_view role, std::string_view text, std::string_view id = {});
/// `instructions` for this one response; empty: those of the session.
std::string create_response(std::string_view instructions, bool allow_tools = true);

std::string cancel_response(std::string_view response);

/// Lets the server of the session that `session_update` configures answer each turn of
/// the caller's by itself, or not, after `silence`. Empty: it does not detect turns.
std::string answer_turns(std::string_view session_update,
                         bool by_itself,
                         std::chrono::milliseconds silence = {});

/// The silence after which the server that `session_update` configures ends a turn; zero:
/// it does not detect turns by silence.
std::chrono::milliseconds turn_silence(std::string_view session_update);

/// Tells the server of a session that the talk goes on in `language` ("en", "hi",
/// "hinglish"): the instructions say so, and who writes down one language only writes
/// down that one. Empty: `session_update` cannot be read.
std::string switch_language(std::string_view session_update, std::string_view language);

/// What an error code asks for.
enum class error_action : std::uint8_t {
  go_on,     ///< Harmless, or a bug of ours that the session survives.
  wait_turn, ///< A response runs already: ask again when it is done.
  slow_down, ///< A rate limit: ask again a little later.
  reconnect,
  give_up, ///< The socket lives, but nothing will ever be generated.
};

error_action action_for(std::string_view code);

/// Whether a fresh connection may help after this end of the socket.
bool may_reconnect(int close_code, unsigned http_status);

} // namespace caly::openai
