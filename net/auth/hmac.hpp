#pragma once

#include <string>
#include <string_view>

namespace caly {

/// HMAC-SHA256 (RFC 2104) of `text`: 32 bytes.
std::string hmac_sha256(std::string_view secret, std::string_view text);

/// The same: 64 hexadecimal digits, lower case.
std::string hmac_sha256_hex(std::string_view secret, std::string_view text);

} // namespace caly
