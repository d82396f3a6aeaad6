#pragma once

#include <string>
#include <string_view>

namespace caly {

/// 256 random bits, base64url: refresh tokens and the like.
std::string make_secret();

/// What is stored of a secret: SHA-256, hex. Enough for random secrets, not for
/// passwords.
std::string fingerprint(std::string_view secret);

} // namespace caly
