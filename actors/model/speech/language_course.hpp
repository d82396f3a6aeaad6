#pragma once

#include "actors/model/language_switching.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Which language a talk is in, by what the caller says.
///
/// Goes over at once when the caller asks for a language or says a whole sentence of it;
/// shorter words have to come twice in a row, so that one English word within Hindi, or
/// "theek hai" within English, changes nothing.
class language_course {
public:
  language_course() = default;
  /// `languages`: those that the agent speaks, the one to begin in first; empty: English.
  language_course(std::vector<std::string> languages, language_switching switching);

  const std::string& now() const noexcept { return now_; }

  /// The language to go over to; nothing while it stays.
  std::optional<std::string> hear(std::string_view utterance);
  /// The talk goes on in `language`; false when the agent does not speak it, or may not
  /// switch, or speaks it already.
  bool use(std::string_view language);

private:
  std::string nearest(std::string_view language) const;

  std::vector<std::string> languages_{"en"};
  language_switching switching_ = language_switching::follow;
  std::string now_ = "en";
  std::string wished_; ///< Spoken last, though not now's.
};

/// The language that a caller asks for: "hindi mein boliye", "can we speak English",
/// "हिंदी में बात कीजिए"; empty: none.
std::string language_asked_for(std::string_view utterance);

} // namespace caly
