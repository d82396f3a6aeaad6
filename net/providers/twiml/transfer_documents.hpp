#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caly::twiml_api {

/// Rings `destination` (E.164 or sip:) for the caller, who waits; then `action_url` is
/// asked, with DialCallStatus. `from` is the number that the person sees.
std::string connect_person(std::string_view destination,
                           std::string_view from,
                           std::int32_t ring_timeout_s,
                           std::string_view action_url);

/// Hands the caller over by SIP REFER; then `action_url` is asked, with ReferCallStatus.
std::string refer(std::string_view destination, std::string_view action_url);

/// Tells a person what a call is about, twice if need be, and asks for a key at
/// `answer_url`: 1 takes the call. Without a key it hangs up.
std::string ask_person(std::string_view briefing,
                       std::string_view language,
                       std::string_view answer_url);

/// Joins two legs in a room of their own; when one leaves, the other is out as well.
/// `action_url` is asked then; empty: the leg ends.
std::string join_room(std::string_view room, std::string_view action_url);

} // namespace caly::twiml_api
