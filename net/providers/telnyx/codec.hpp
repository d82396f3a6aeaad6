#pragma once

#include "actors/api/carrier.hpp"

#include <string>
#include <string_view>

namespace caly::telnyx {

/// Body of POST …/Calls, JSON. `callback_base` is our public URL without a slash;
/// `application` the id of the TeXML application.
std::string create_body(const place_call& call,
                        std::string_view application,
                        std::string_view callback_base);

/// The same for a call to a person whom a call is to be handed over to.
std::string leg_body(const place_leg& leg,
                     std::string_view application,
                     std::string_view callback_base);

/// What an answer to POST …/Calls means.
placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s);

/// Whether the answer to a hang-up says that the call had ended before.
bool ended_already(int status, std::string_view body);

/// A call object of the TeXML API, or the best match of a list of them.
looked_up_call read_call(std::string_view body);
looked_up_call find_in_list(std::string_view body, const doubtful_call& wanted);

} // namespace caly::telnyx
