#pragma once

#include <string>
#include <string_view>

namespace caly::twiml_api {

/// A whole document around its verbs.
std::string document(std::string_view verbs);

/// One voice speaks all languages (en, hi, hinglish), so that it does not change with
/// the language. Hinglish is written in Latin letters and understood as Indian English.
/// Empty for an empty sentence.
std::string say(std::string_view sentence, std::string_view language);

} // namespace caly::twiml_api
