#include "net/providers/twiml/document.hpp"

#include "actors/model/speech/speakable.hpp"
#include "net/providers/xml_text.hpp"
#include "runtime/base/text.hpp"

namespace caly::twiml_api {

namespace {

/// The limit is 4,096 characters.
constexpr std::size_t said_bytes_max = 4000;

} // namespace

std::string document(std::string_view verbs) {
  return R"(<?xml version="1.0" encoding="UTF-8"?><Response>)" + std::string{verbs} +
         "</Response>";
}

std::string say(std::string_view sentence, std::string_view language) {
  // In words a sentence is longer; what is said of it is cut, never the markup.
  const auto spoken = one_line(speakable(sentence, language), said_bytes_max);
  if (spoken.empty())
    return {};
  return R"(<Say voice="Polly.Aditi" language=")" +
         std::string{language == "hi" ? "hi-IN" : "en-IN"} + R"(">)" +
         xml_escaped(spoken) + "</Say>";
}

} // namespace caly::twiml_api
