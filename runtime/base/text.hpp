#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caly {

std::string_view trim(std::string_view text);
/// ASCII letters only; other bytes stay as they are.
std::string to_lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
/// "a,b,,c" -> four parts, the third empty; "" -> one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);
/// Strict: wrong padding or characters answer false and leave `out` unspecified.
bool from_base64(std::string_view text, std::string& out);
/// Without padding, as JWTs use it; non-canonical endings are refused.
bool from_base64url(std::string_view text, std::string& out);
std::string to_hex(std::string_view bytes);

/// Compares in time that depends only on the lengths.
bool equal_constant_time(std::string_view a, std::string_view b);

/// `a%20b` -> `a b`; `plus_is_space` for form bodies. Broken escapes stay as they are.
std::string url_decode(std::string_view text, bool plus_is_space = false);
/// Everything but RFC 3986 unreserved characters becomes %XX.
std::string url_encode(std::string_view text);

/// One line of at most `bytes_max` bytes without control characters, cut between
/// characters.
std::string one_line(std::string_view text, std::size_t bytes_max);

} // namespace caly
