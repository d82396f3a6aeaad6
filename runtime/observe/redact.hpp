#pragma once

#include <string>
#include <string_view>

namespace caly {

/// Text that is safe to log and to show: telephone numbers keep their country code and
/// last four digits (`+91******3210`), e-mail addresses their first letters
/// (`a***@d***.com`), bearer tokens, provider keys (`sk-…`, `AC…`), JSON web tokens, user
/// names in URLs and values of names such as `password` become `[secret]`, control
/// characters become spaces.
std::string redacted(std::string_view text);

} // namespace caly
