#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What carriers that are led by TwiML have in common in their REST APIs.
namespace caly::twiml_api {

/// A CallStatus in our words; nothing for one we do not know.
std::optional<std::string> normal_status(std::string_view call_status);

/// `Tue, 18 Aug 2026 10:00:00 +0000` as Unix milliseconds; nothing for another format.
std::optional<std::int64_t> rfc2822_ms(std::string_view text);

} // namespace caly::twiml_api
