#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caly::sim {

/// The public half of the sandbox's key, base64, as an account at Telnyx shows it. The
/// private half is 32 bytes of 7.
inline constexpr std::string_view telnyx_public_key =
    "6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=";

/// The value of `telnyx-signature-ed25519` for a body sent at `timestamp` (Unix seconds).
std::string telnyx_signature(std::string_view timestamp, std::string_view body);

} // namespace caly::sim
