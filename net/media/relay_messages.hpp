#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// One message of a ConversationRelay socket: the carrier listens and speaks, text goes
/// back and forth. Twilio and Telnyx send the same.
struct relay_message {
  enum class kind : std::uint8_t { setup, prompt, dtmf, interrupt, error, other };

  kind type = kind::other;
  std::string session_id;       ///< setup; a plain id
  std::string provider_call_id; ///< setup
  /// prompt: what the caller said; interrupt: what was heard of the agent's words; error:
  /// what is wrong. One line of at most 2,000 bytes.
  std::string text;
  bool last = true;          ///< prompt: false while the caller goes on speaking
  std::int64_t after_ms = 0; ///< interrupt: how long the agent had spoken
  char digit = '\0';         ///< dtmf: 0 to 9, *, # or A to D
};

/// Nothing for what no carrier sends: not an object, no type, a member that is missing.
std::optional<relay_message> read_relay_message(std::string_view text);

/// Words to say; more of the same turn follow until one is the `last`.
std::string relay_text(std::string_view words, bool last);

/// What is said and heard from now on is of `code`, such as `hi-IN`.
std::string relay_language(std::string_view code);

/// Presses keys on the line: 0 to 9, * and #, w for half a second.
std::string relay_digits(std::string_view keys);

/// Ends the session; the carrier then asks the address that its document names.
std::string relay_end();

} // namespace caly
