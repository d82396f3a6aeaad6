#pragma once

#include <cstdint>
#include <string_view>

namespace caly::telnyx {

/// Checks the headers telnyx-signature-ed25519 (base64) and telnyx-timestamp (Unix
/// seconds) of a webhook: an Ed25519 signature over `timestamp|body`. One that is older
/// or newer than `age_max_s` is refused, so that it cannot be sent again later.
/// `public_key` is the account's, base64; without one nothing is genuine.
bool verify(std::string_view public_key,
            std::string_view timestamp,
            std::string_view body,
            std::string_view signature,
            std::int64_t now_s,
            std::int64_t age_max_s);

} // namespace caly::telnyx
