#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly {

/// When an agent goes over to another of its languages.
enum class language_switching : std::uint8_t {
  follow,     ///< With the caller, and when asked.
  on_request, ///< Only when the caller asks for it.
  never,
};

std::string to_string(language_switching switching);
std::optional<language_switching> parse_language_switching(std::string_view name);

/// As people and models call them: English, Hindi, Hinglish (Hindi mixed with English).
std::string_view language_name(std::string_view language);

} // namespace caly
