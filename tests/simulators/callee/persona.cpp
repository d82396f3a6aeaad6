#include "tests/simulators/callee/persona.hpp"

namespace caly::sim {

namespace {

constexpr std::string_view hello_en = "Hello? Can you hear me?";
constexpr std::string_view hello_hi = "हैलो? आवाज़ आ रही है?";
constexpr std::string_view hello_mixed = "Hello? Awaaz aa rahi hai?";
constexpr std::string_view bye_en = "Okay, thank you. Goodbye.";
constexpr std::string_view bye_hi = "ठीक है, धन्यवाद। नमस्ते।";
constexpr std::string_view bye_mixed = "Theek hai, thank you. Bye.";

const std::vector<std::string_view> fillers_en{"Okay. Where is your office?",
                                               "And what are your timings?",
                                               "What is the address again?",
                                               "Do you have any offers?",
                                               "I see. Go on."};
const std::vector<std::string_view> fillers_hi{
    "अच्छा। आपका ऑफिस कहाँ है?", "आपका समय क्या है?", "कोई ऑफर है क्या?", "अच्छा, और बताइए।"};
const std::vector<std::string_view> fillers_mixed{"Accha. Aapka office kahan hai?",
                                                  "Timing kya hai?",
                                                  "Koi offer hai kya?",
                                                  "Accha, aur batao."};

persona english(std::string_view name, std::vector<std::string_view> lines) {
  return {name, voice::english, hello_en, bye_en, fillers_en, std::move(lines)};
}

persona hindi(std::string_view name, std::vector<std::string_view> lines) {
  return {name, voice::hindi, hello_hi, bye_hi, fillers_hi, std::move(lines)};
}

persona hinglish(std::string_view name, std::vector<std::string_view> lines) {
  return {name, voice::english, hello_mixed, bye_mixed, fillers_mixed, std::move(lines)};
}

std::vector<persona> make_personas() {
  return {
      english("interested_en",
              {"Yes, I am interested. Please tell me more.",
               "What is the price?",
               "That sounds good. Can you send me the details?",
               "Yes, please go ahead."}),
      english("not_interested_en", {"Who is this?", "No, I am not interested."}),
      english("call_later_en",
              {"I am busy right now.", "Please call me later, tomorrow at five."}),
      english("order_en",
              {"I want to know my order status.",
               "My order number is four five two one.",
               "When will it be delivered?"}),
      english("appointment_en",
              {"Yes, I would like to book an appointment.",
               "Tomorrow at eleven is fine.",
               "My name is Ravi Kumar."}),
      hindi("interested_hi",
            {"हाँ, मुझे जानकारी चाहिए।",
             "इसकी कीमत क्या है?",
             "अच्छा है, मुझे पसंद आया।",
             "हाँ, आगे बताइए।"}),
      hindi("not_interested_hi", {"आप कौन बोल रहे हैं?", "नहीं, मुझे रुचि नहीं है।"}),
      hindi("call_later_hi", {"मैं अभी व्यस्त हूँ।", "कृपया बाद में फ़ोन कीजिए, कल शाम को।"}),
      hindi("order_hi", {"मेरा ऑर्डर कहाँ है?", "ऑर्डर नंबर चार पाँच दो एक है।", "कब तक आएगा?"}),
      hindi(
          "appointment_hi",
          {"हाँ, मुझे अपॉइंटमेंट चाहिए।", "कल सुबह ग्यारह बजे ठीक रहेगा।", "मेरा नाम रवि कुमार है।"}),
      hinglish("interested_mixed",
               {"Haan, mujhe interest hai, batao.",
                "Iska price kya hai?",
                "Accha, details bhej do please.",
                "Haan theek hai."}),
      hinglish("not_interested_mixed",
               {"Kaun bol raha hai?", "Nahi, mujhe interest nahi hai."}),
      hinglish("call_later_mixed",
               {"Abhi main busy hoon.", "Baad mein call karo, kal shaam ko."}),
      hinglish("order_mixed",
               {"Mera order kahan hai?", "Order number 4 5 2 1 hai.", "Kab tak aayega?"}),
      hinglish("appointment_mixed",
               {"Haan, mujhe appointment book karna hai.",
                "Kal gyarah baje theek hai.",
                "Mera naam Ravi Kumar hai."}),
  };
}

} // namespace

const std::vector<persona>& personas() {
  static const auto all = make_personas();
  return all;
}

const persona& refusing_persona() {
  static const auto one = [] {
    auto made = english("refuses_calls",
                        {"Don't call me again. Remove my number from your list."});
    made.goodbye = "I said do not call me. Goodbye.";
    made.fillers.clear();
    return made;
  }();
  return one;
}

std::string_view voicemail_greeting() {
  return "Hello, you have reached my voicemail. I can't take your call right now. Please "
         "leave a message after the beep.";
}

} // namespace caly::sim
