#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// An e-mail address as it is said: "ravi dot kumar at the rate gmail dot com", "r a v i
/// one two at yahoo dot co dot in", "रवि ऐट ..." only with a Latin name. Small letters.
std::optional<std::string> spelt_email(std::string_view heard);

/// A name letter by letter: "r a v i", "R for Romeo, A for apple, V, I"; the first of at
/// least three letters. In title case; nothing when none is spelt.
std::optional<std::string> spelt_name(std::string_view heard);

} // namespace caly
