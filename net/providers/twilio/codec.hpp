#pragma once

#include "actors/api/carrier.hpp"
#include "net/http/form.hpp"
#include "net/providers/twilio/signature.hpp"
#include "net/providers/twiml/call_status.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace caly::twilio {

using caly::field;
using caly::parse_form;
using caly::write_form;

using twiml_api::normal_status;

/// A status callback as an event of the dial protocol. Nothing when a field that it needs
/// is missing or wrong. `token` is the header I-Twilio-Idempotency-Token, may be empty;
/// `provider` begins the event's key.
std::optional<record_progress> progress_of(const tenant_id& tenant,
                                           const call_id& call,
                                           const form_fields& fields,
                                           std::string_view token,
                                           std::int64_t now_ms,
                                           std::string_view provider = "twilio");

/// TwiML that connects the caller to our media socket. When that socket is gone or never
/// opened, Twilio asks `next_url` what to do.
std::string connect_stream(std::string_view socket_url,
                           std::string_view ticket,
                           std::string_view next_url);

/// A recording's status in the words of `carrier_recording_entry`. Nothing for one that
/// is deleted or that we do not know.
std::optional<std::string> recording_status(std::string_view status);

/// Attributes of an element, by name.
using element_attributes = std::map<std::string, std::string, std::less<>>;

/// TwiML that lets the carrier listen and speak, with text to and from our socket.
/// `language` as it calls it, such as `hi-IN`; `more` adds attributes of
/// `<ConversationRelay>` or replaces ours. When that socket is gone or never opened, the
/// carrier asks `next_url` what to do.
std::string connect_relay(std::string_view socket_url,
                          std::string_view language,
                          const element_attributes& more,
                          std::string_view next_url);

/// TwiML that says `sentence` and posts what the caller then says to `action_url`, also
/// when that is nothing. `language`: en, hi or hinglish.
std::string say_and_listen(std::string_view sentence,
                           std::string_view language,
                           std::string_view action_url);

/// TwiML that says a sentence and hangs up; an empty one only hangs up.
std::string say_and_hang_up(std::string_view sentence, std::string_view language = "en");

/// TwiML that says a sentence and then asks `next_url` what to do.
std::string say_and_ask(std::string_view sentence,
                        std::string_view language,
                        std::string_view next_url);

/// What the caller said or typed after `say_and_listen`, at most 2,000 bytes; empty when
/// nothing was heard.
std::string heard_text(const form_fields& fields);

/// TwiML that refuses an inbound call without answering it.
std::string reject(std::string_view reason);

/// Fields of POST /Calls.json. `callback_base` is our public URL without a slash.
form_fields create_fields(const place_call& call, std::string_view callback_base);

/// The same for a call to a person whom a call is to be handed over to.
form_fields leg_fields(const place_leg& leg, std::string_view callback_base);

/// What an answer to POST /Calls.json means.
placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s);

/// Whether the answer to a hang-up says that the call had ended before.
bool ended_already(int status, std::string_view body);

/// A call object of the REST API.
looked_up_call read_call(std::string_view body);

/// The calls of a list that may be the one that is wanted, earliest first: the one that
/// started right after we sent is the likeliest. At most `candidates_max`.
inline constexpr std::size_t candidates_max = 8;
std::vector<looked_up_call> find_in_list(std::string_view body,
                                         const doubtful_call& wanted);

/// Whose call it is, by the URLs that Twilio asked about it (the resource
/// `Calls/{sid}/Events`). Nothing when it asked none of ours.
std::optional<call_id> call_of_events(std::string_view body);

} // namespace caly::twilio
