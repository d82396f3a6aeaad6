#include "net/media/answer/answer_words.hpp"

#include <algorithm>
#include <cctype>
#include <span>
#include <string>

namespace caly {

namespace {

constexpr double sure = 0.95;
constexpr double likely = 0.75;
/// Above what timing tells, below what is acted on: a machine may begin like a person.
constexpr double person = 0.85;

using phrases = std::span<const std::string_view>;

constexpr std::string_view of_voicemail[]{
    "voicemail",
    "voice mail",
    "leave a message",
    "leave me a message",
    "leave your message",
    "leave a short message",
    "leave a detailed message",
    "leave a brief message",
    "leave us a message",
    "leave your name",
    "after the tone",
    "after the beep",
    "at the tone",
    "at the beep",
    "record your message",
    "mailbox",
    "beep ke baad",
    "tone ke baad",
    "sandesh chhod",
    "sandesh record",
    "message chhod",
    "message record",
    "बीप के बाद",
    "टोन के बाद",
    "संदेश छोड",
    "संदेश छोड़",
    "संदेश रिकॉर्ड",
    "मैसेज छोड़",
};

constexpr std::string_view of_writing[]{
    "whatsapp", " sms ", " text me ", "व्हाट्सऐप", "व्हाट्सएप"};

constexpr std::string_view maybe_of_voicemail[]{
    "you have reached",
    "you've reached",
    "come to the phone",
    "take your call",
    "away from my phone",
    "missed your call",
    "call nahi utha sak",
    "phone nahi utha sak",
    "फ़ोन नहीं उठा सक",
    "कॉल नहीं उठा सक",
};

constexpr std::string_view of_screening[]{
    "state your name",
    "say your name and",
    "record your name and",
    "screening service",
    "call screening",
    "screening this call",
    "being screened",
    "google assistant",
    "call assist",
    "truecaller",
    "bixby",
    "before i try to connect",
    "if this person is available",
    "after which you will be connected",
    "apna naam aur call karne",
    "अपना नाम और कॉल करने",
};

constexpr std::string_view maybe_of_screening[]{
    "reason for calling",
    "why you're calling",
};

constexpr std::string_view of_menu[]{
    "press 0",
    "press 1",
    "press 2",
    "press 3",
    "press 4",
    "press 5",
    "press 6",
    "press 7",
    "press 8",
    "press 9",
    "press zero",
    "press one",
    "press two",
    "press three",
    "press four",
    "press five",
    "press six",
    "press seven",
    "press eight",
    "press nine",
    "press star",
    "press hash",
    "press pound",
    "press the",
    "press any",
    "dial 1",
    "dial one",
    "dial zero",
    "dial the extension",
    "extension number",
    "main menu",
    "following options",
    "menu options",
    "party's extension",
    "followed by the pound",
    "followed by the hash",
    "press or say",

    "options have changed",
    "dabaye",
    "dabaen",
    "dabaiye",
    "dabayein",
    "दबाएँ",
    "दबाएं",
    "दबाए",
    "दबाइए",
};

constexpr std::string_view maybe_of_menu[]{
    "thank you for calling",
    "your call is important",
    "call may be recorded",
    "calls may be recorded",
    "call is being recorded",
    "calls are recorded",
    "call karne ke liye dhanyavaad",
    "कॉल करने के लिए धन्यवाद",
};

/// Operators begin so; voicemails of operators too.
constexpr std::string_view of_operator[]{
    "number you have dial",
    "number you dial",
    "number you are dial",
    "number you are call",
    "number you are trying",
    "number you have called",
    "number you've",
    "person you've",
    "person you are call",
    "person you are trying",
    "customer you are",
    "subscriber you",
    "mobile you are call",
    "jis vyakti se",
    "jis vyakti ko",
    "jis number par",
    "jis number se",
    "jis number ko",
    "jis grahak se",
    "jis grahak ko",
    "jis upbhokta",
    "जिस व्यक्ति से",
    "जिस व्यक्ति को",
    "जिस नंबर पर",
    "जिस नंबर से",
    "जिस नंबर को",
    "जिस ग्राहक",
    "जिस उपभोक्ता",
};

/// And go on so: nobody will come to this phone.
constexpr std::string_view of_no_answer[]{
    "switched off",
    "not reachable",
    "unreachable",
    "coverage",
    "busy",
    "another call",
    "someone else",
    "not answering",
    "not responding",
    "does not exist",
    "doesn't exist",
    "not in service",
    "out of service",
    "check the number",
    "try again",
    "call after",
    "call later",
    "vyast",
    "kuch der",
    "kuch samay",
    "switch off",
    "स्विच ऑफ",
    "व्यस्त",
    "कुछ समय",
    "कुछ देर",
    "कवरेज",
    "नेटवर्क",
    "पहुँच",
    "पहुंच",
    "मौजूद नहीं",
};

/// Enough by themselves.
constexpr std::string_view of_operator_only[]{
    "is switched off",
    "currently switched off",
    "is not reachable",
    "currently not reachable",
    "is currently unreachable",
    "cannot be reached",
    "incoming calls are",
    "incoming facility",
    "out of coverage",
    "out of the coverage",
    "network coverage area",
    "temporarily out of service",
    "number does not exist",
    "number doesn't exist",
    "please check the number",
    "all lines to this route",
    "all circuits are busy",
    "sabhi line",
    "सभी लाइनें",
    "dial kiya gaya number",
    "dial kiya hua number",
    "coverage kshetra",
    "network kshetra",
    "pahunch kshetra",
    "डायल किया गया नंबर",
    "डायल किया हुआ नंबर",
    "स्विच ऑफ है",
    "कवरेज क्षेत्र",
    "नेटवर्क क्षेत्र",
    "पहुँच क्षेत्र",
    "पहुंच क्षेत्र",
};

/// Who speaks of himself or of somebody at hand is no operator.
constexpr std::string_view of_oneself[]{
    " i ",     " i'm ", " my ",   " me ",   " he ",   " she ",  " his ",
    " her ",   " we ",  " our ",  " main ", " mera ", " mere ", " meri ",
    " mujhe ", " hum ", " uska ", " unka ", " woh ",  " मैं ",    " मेरा ",
    " मेरे ",    " मुझे ",  " हम ",   " उसका ", " उनका ",
};

constexpr std::string_view of_people[]{
    " hello ",        " hallo ",        " helo ",    " hi ",       " yes ",
    " yeah ",         " haan ",         " han ji ",  " ji ",       " bol ",
    " bolo ",         " boliye ",       " bolie ",   " kaun ",     " kya ",
    " who ",          " who's ",        " what ",    " why ",      " speaking ",
    " namaste ",      " namaskar ",     " tell me ", " go ahead ", " i am ",
    " i'm ",          " meeting ",      " driving ", " call me ",  " baad mein ",
    " wrong number ", " galat number ", " batao ",   " bataiye ",  " help you ",
    " main ",         " busy ",         " my ",      " he ",       " she ",
    " हेलो ",          " हैलो ",          " हलो ",     " हाँ ",       " हां ",
    " जी ",           " बोलो ",         " बोलिए ",   " कौन ",      " क्या ",
    " नमस्ते ",         " नमस्कार ",       " बताइए ",   " बताओ ",     " मैं ",
    " बाद में ",
};

/// Small letters of ASCII, one space around each word, punctuation gone.
std::string plain(std::string_view text) {
  std::string out{" "};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool danda = text.substr(i).starts_with("।");
    if (c >= 0x80 && !danda) {
      out += text[i];
    } else if (std::isalnum(c) != 0 || c == '\'') {
      out += static_cast<char>(std::tolower(c));
    } else {
      i += danda ? 2 : 0;
      if (out.back() != ' ')
        out += ' ';
    }
  }
  if (out.back() != ' ')
    out += ' ';
  return out;
}

bool has_any(std::string_view text, phrases all) {
  return std::any_of(all.begin(), all.end(), [&](std::string_view each) {
    return text.find(each) != std::string_view::npos;
  });
}

} // namespace

std::optional<answered> verdict_of_words(std::string_view words) {
  const auto text = plain(words);
  const auto is = [](answerer who, double confidence) {
    return answered{who, confidence, "words"};
  };
  // Whoever says most stands first: operators and voicemails have menus too.
  if (has_any(text, of_screening))
    return is(answerer::screening, sure);
  // A person may ask for a message elsewhere.
  if (has_any(text, of_voicemail) && !has_any(text, of_writing))
    return is(answerer::voicemail, sure);
  if (has_any(text, of_menu))
    return is(answerer::menu, sure);
  const bool of_others = !has_any(text, of_oneself);
  const bool operators = of_others && has_any(text, of_operator);
  if ((operators && has_any(text, of_no_answer)) ||
      (of_others && has_any(text, of_operator_only)))
    return is(answerer::announcement, sure);
  if (has_any(text, maybe_of_screening))
    return is(answerer::screening, likely);
  if (operators)
    return is(answerer::announcement, likely);
  if (has_any(text, maybe_of_voicemail))
    return is(answerer::voicemail, likely);
  if (has_any(text, maybe_of_menu))
    return is(answerer::menu, likely);
  if (has_any(text, of_people))
    return is(answerer::human, person);
  return std::nullopt;
}

} // namespace caly
