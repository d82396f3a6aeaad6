#include "net/media/answer/answer_words.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

namespace caly::test {

namespace {

answered said(std::string_view words) {
  return verdict_of_words(words).value_or(answered{});
}

} // namespace

BOOST_AUTO_TEST_SUITE(answer_words)

BOOST_AUTO_TEST_CASE(machines_are_known_by_what_only_they_say) {
  using a = answerer;
  const std::pair<const char*, a> known[] = {
      {"Hi, you have reached Ravi. Please leave a message after the tone.", a::voicemail},
      {"The person you are calling is not available. Record your message.", a::voicemail},
      {"कृपया बीप के बाद अपना संदेश छोड़ें", a::voicemail},
      {"Beep ke baad apna message chhodiye", a::voicemail},
      {"The number you are calling is switched off", a::announcement},
      {"The subscriber you have dialed is not reachable.", a::announcement},
      {"Aap jis vyakti se sampark karna chahte hain vah vyast hai", a::announcement},
      {"आप जिस व्यक्ति से संपर्क करना चाहते हैं वह अभी व्यस्त है", a::announcement},
      {"Welcome to Acme. For sales, press one", a::menu},
      {"Hindi ke liye ek dabaye", a::menu},
      {"अपॉइंटमेंट के लिए एक दबाएं", a::menu},
      {"Please state your name, and I will see if he is there", a::screening},
      {"The person you're calling is using a screening service", a::screening}};
  for (const auto& [words, who] : known) {
    BOOST_TEST((said(words).who == who), words);
    BOOST_TEST(said(words).confidence >= answer_sure, words);
  }
}

BOOST_AUTO_TEST_CASE(what_people_say_too_makes_nobody_a_machine) {
  for (const auto* words : {"Hello?",
                            "Haan ji, boliye",
                            "हैलो",
                            "Please call after some time.",
                            "He is busy right now.",
                            "Kuch der baad call kijiye.",
                            "I will get back to you.",
                            "My phone was switched off.",
                            "He told me his phone is switched off.",
                            "She is not reachable today.",
                            "Abhi main busy hoon, baad mein call karo.",
                            "मैं अभी व्यस्त हूँ।",
                            "May I know who is calling?",
                            "What is the reason for your call?",
                            "For support you should call the office.",
                            "Please leave me a message on WhatsApp.",
                            "Yes, press release, what about it?"}) {
    const auto verdict = said(words);
    BOOST_TEST((verdict.who == answerer::human || verdict.who == answerer::unknown),
               words);
    BOOST_TEST(verdict.confidence < answer_sure, words);
  }
}

BOOST_AUTO_TEST_CASE(hints_of_a_machine_are_told_but_not_acted_on) {
  for (const auto& [words, who] :
       {std::pair{"Sorry I can't take your call", answerer::voicemail},
        std::pair{"The person you are calling is not available", answerer::announcement},
        std::pair{"Your call may be recorded", answerer::menu}}) {
    BOOST_TEST((said(words).who == who), words);
    BOOST_TEST(said(words).confidence < answer_sure, words);
  }
}

BOOST_AUTO_TEST_CASE(words_count_whole) {
  BOOST_TEST((said("This is Delhi").who == answerer::unknown));
  BOOST_TEST(!verdict_of_words(""));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
