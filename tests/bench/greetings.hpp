#pragma once

#include "actors/api/answering.hpp"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace caly::bench {

/// One sentence of a greeting and the pause after it.
struct greeting_part {
  std::string text; ///< In the voice's language: Devanagari for `hi`.
  int pause_ms = 0;
};

/// What picks up, as it is to be spoken.
struct greeting {
  answerer who = answerer::unknown;
  std::string voice; ///< Of espeak-ng.
  int words_a_minute = 160;
  int pitch = 50;
  int lift_ms = 400; ///< Until the first word.
  std::vector<greeting_part> parts;
  double beep_hz = 0; ///< 0: none
  int beep_ms = 0;
  double loudness = 1;  ///< Of the speech.
  double noise = 0;     ///< Standard deviation of the line's hiss, samples of 16 bits.
  bool repeats = false; ///< Menus and operators say it again.
};

namespace tables {

struct text {
  const char* language; ///< en, hi, hinglish
  const char* said;     ///< Sentences; `|` is a pause of a breath.
};

constexpr text people[]{
    {"en", "Hello?"},
    {"en", "Hello, who is this?"},
    {"en", "Yes?"},
    {"en", "Hello. Yes, tell me."},
    {"en", "Ravi speaking."},
    {"en", "Hi, this is Priya."},
    {"en", "Hello?|Hello?|Can you hear me?"},
    {"en", "Good morning, Sunrise Clinic, how can I help you?"},
    {"en", "I am driving right now, please call after some time."},
    {"en",
     "Hello, I am in a meeting at the moment and cannot talk, could you please call me "
     "back in the evening after six?"},
    {"en", "He is busy, who is calling?"},
    {"en", "My phone was switched off, did you call before?"},
    {"en", "Hello, yes, he is not at home, he will get back to you."},
    {"hinglish", "Haan ji, boliye."},
    {"hinglish", "Haan, kaun bol raha hai?"},
    {"hinglish", "Hello, haan bolo."},
    {"hinglish", "Abhi main busy hoon, kuch der baad call kijiye."},
    {"hinglish", "Ji namaste, kahiye."},
    {"hi", "हैलो?"},
    {"hi", "हाँ जी, बोलिए।"},
    {"hi", "हाँ, कौन बोल रहा है?"},
    {"hi", "नमस्ते।"},
    {"hi", "मैं अभी व्यस्त हूँ, कुछ समय बाद फ़ोन कीजिए।"},
};

constexpr text voicemails[]{
    {"en",
     "Hi, you have reached Ravi. I can't take your call right now.|Please leave a "
     "message after the beep."},
    {"en",
     "Hello, this is Priya Sharma. I am sorry I missed your call. Leave your name and "
     "number and I will call you back."},
    {"en",
     "Your call has been forwarded to voicemail. The person you are trying to reach "
     "is not available.|At the tone, please record your message."},
    {"en",
     "You have reached the mailbox of nine eight one zero zero.|Please leave a message "
     "after the tone."},
    {"en", "Hey, it's Sam. You know what to do.|Leave a message."},
    {"en",
     "Thank you for calling Lotus Dental. We are closed now. Please leave a message "
     "after the beep and we will call you tomorrow."},
    {"hinglish",
     "Namaste, main abhi call nahi utha sakta.|Kripya beep ke baad apna sandesh "
     "chhodiye."},
    {"hinglish",
     "Aap Sharma ji ke voicemail par hain. Beep ke baad message chhod dijiye."},
    {"hi", "नमस्ते, मैं अभी कॉल नहीं उठा सकता।|कृपया बीप के बाद अपना संदेश छोड़ें।"},
    {"hi", "आप जिस व्यक्ति को फ़ोन कर रहे हैं वह उपलब्ध नहीं है।|कृपया टोन के बाद संदेश रिकॉर्ड करें।"},
};

constexpr text menus[]{
    {"en", "Welcome to Acme.|For sales, press one. For support, press two."},
    {"en",
     "Thank you for calling City Hospital. Your call may be recorded.|For appointments, "
     "press 1. For reports, press 2."},
    {"en",
     "Please listen carefully as our options have changed.|To speak to an operator, "
     "press zero."},
    {"hinglish",
     "Sunrise Bank mein aapka swagat hai.|Hindi ke liye ek dabaye, English ke "
     "liye do dabaye."},
    {"hi", "सनराइज़ क्लिनिक में आपका स्वागत है।|अपॉइंटमेंट के लिए एक दबाएं, बिलिंग के लिए दो दबाएं।"},
};

constexpr text screeners[]{
    {"en",
     "Hi. If you record your name and reason for calling, I'll see if this person is "
     "available."},
    {"en",
     "Hi, the person you're calling is using a screening service from Google. Go ahead "
     "and say your name and why you're calling."},
    {"en", "Please state your name after which you will be connected."},
    {"en", "This call is being screened.|State your name and the reason for your call."},
};

constexpr text operators[]{
    {"en", "The number you are calling is switched off. Please try again later."},
    {"en", "The subscriber you have dialed is not reachable at the moment."},
    {"en",
     "The person you are calling is busy on another call.|Please call after some time."},
    {"en", "The number you have dialed does not exist. Please check the number."},
    {"hinglish",
     "Aap jis vyakti se sampark karna chahte hain, vah abhi coverage kshetra se "
     "bahar hai."},
    {"hinglish",
     "Aap jis number par call kar rahe hain vah abhi vyast hai. Kuch der baad "
     "koshish karein."},
    {"hi", "आप जिस व्यक्ति से संपर्क करना चाहते हैं वह अभी उपलब्ध नहीं है।|कृपया कुछ समय बाद कॉल करें।"},
    {"hi", "डायल किया गया नंबर अभी स्विच ऑफ है।"},
};

} // namespace tables

/// Greetings by a seed: two of three are people, the rest as lines answer. The same seed
/// makes the same set.
class greeting_maker {
public:
  explicit greeting_maker(unsigned seed) : random_{seed} {}

  greeting next() {
    const auto roll = number(0, 99);
    greeting out = roll < 66   ? made(answerer::human, pick(tables::people))
                   : roll < 80 ? made(answerer::voicemail, pick(tables::voicemails))
                   : roll < 86 ? made(answerer::menu, pick(tables::menus))
                   : roll < 90 ? made(answerer::screening, pick(tables::screeners))
                               : made(answerer::announcement, pick(tables::operators));
    out.repeats = out.who == answerer::menu || out.who == answerer::announcement;
    if (out.who == answerer::voicemail && number(0, 3) > 0) {
      const double pitches[]{440, 850, 1000, 1400};
      out.beep_hz = pick(pitches);
      out.beep_ms = number(200, 900);
    }
    return out;
  }

  int number(int least, int most) {
    return least + static_cast<int>(random_() % static_cast<unsigned>(most - least + 1));
  }

private:
  template <class T, std::size_t Count>
  const T& pick(const T (&table)[Count]) {
    return table[static_cast<std::size_t>(number(0, int{Count} - 1))];
  }

  greeting made(answerer who, const tables::text& text) {
    constexpr const char* english[]{"en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp"};
    greeting out;
    out.who = who;
    out.voice = std::string_view{text.language} == "hi" ? "hi" : pick(english);
    out.voice += number(0, 1) == 0 ? "" : "+f" + std::to_string(number(1, 4));
    out.words_a_minute = number(130, 190);
    out.pitch = number(25, 75);
    out.lift_ms = number(100, 900);
    out.loudness = number(25, 100) / 100.0;
    out.noise = number(0, 120);
    std::string_view rest = text.said;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('|'), rest.size());
      out.parts.push_back({std::string{rest.substr(0, end)}, number(250, 900)});
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out.parts.back().pause_ms = number(200, 800);
    return out;
  }

  std::mt19937 random_;
};

} // namespace caly::bench
