#include "actors/model/language_switching.hpp"

namespace caly {

std::string to_string(language_switching switching) {
  switch (switching) {
  case language_switching::follow:
    return "follow";
  case language_switching::on_request:
    return "on_request";
  case language_switching::never:
    return "never";
  }
  return "follow";
}

std::optional<language_switching> parse_language_switching(std::string_view name) {
  for (const auto each : {language_switching::follow,
                          language_switching::on_request,
                          language_switching::never})
    if (to_string(each) == name)
      return each;
  return std::nullopt;
}

std::string_view language_name(std::string_view language) {
  return language == "hi"         ? "Hindi"
         : language == "hinglish" ? "Hinglish (Hindi mixed with English)"
                                  : "English";
}

} // namespace caly
