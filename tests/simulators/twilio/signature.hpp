#pragma once

#include "tests/simulators/http/http_message.hpp"

#include <string>
#include <string_view>

namespace caly::sim {

/// The value of `X-Twilio-Signature` for a request to `url` (its fragment is dropped)
/// with these form fields; none for GET, JSON bodies and WebSocket upgrades.
std::string twilio_signature(std::string_view auth_token,
                             std::string_view url,
                             const field_list& form);

} // namespace caly::sim
