#include "net/providers/twiml/transfer_documents.hpp"

#include "net/providers/twiml/document.hpp"
#include "net/providers/xml_text.hpp"

namespace caly::twiml_api {

namespace {

std::string action(std::string_view url) {
  return url.empty() ? std::string{}
                     : R"( action=")" + xml_escaped(url) + R"(" method="POST")";
}

std::string_view offer(std::string_view language) {
  if (language == "hi")
    return "कॉल लेने के लिए एक दबाएँ, मना करने के लिए दो।";
  if (language == "hinglish")
    return "Call lene ke liye one dabaiye, mana karne ke liye two.";
  return "Press one to take the call, two to decline.";
}

} // namespace

std::string connect_person(std::string_view destination,
                           std::string_view from,
                           std::int32_t ring_timeout_s,
                           std::string_view action_url) {
  const bool is_sip = destination.starts_with("sip:");
  const std::string noun = is_sip ? "Sip" : "Number";
  return document("<Dial" + action(action_url) + R"( callerId=")" + xml_escaped(from) +
                  R"(" timeout=")" + std::to_string(ring_timeout_s) +
                  R"(" answerOnBridge="true"><)" + noun + '>' + xml_escaped(destination) +
                  "</" + noun + "></Dial>");
}

std::string refer(std::string_view destination, std::string_view action_url) {
  return document("<Refer" + action(action_url) + "><Sip>" + xml_escaped(destination) +
                  "</Sip></Refer>");
}

std::string ask_person(std::string_view briefing,
                       std::string_view language,
                       std::string_view answer_url) {
  const auto question = R"(<Gather input="dtmf" numDigits="1" timeout="5")" +
                        action(answer_url) + '>' + say(briefing, language) +
                        say(offer(language), language) + "</Gather>";
  return document(question + question + "<Hangup/>");
}

std::string join_room(std::string_view room, std::string_view action_url) {
  return document(
      "<Dial" + action(action_url) +
      R"(><Conference startConferenceOnEnter="true" endConferenceOnExit="true" )"
      R"(beep="false">)" +
      xml_escaped(room) + "</Conference></Dial>");
}

} // namespace caly::twiml_api
