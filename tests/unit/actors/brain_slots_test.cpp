#include "actors/model/speech/slot_filler.hpp"
#include "actors/model/speech/spoken_dates.hpp"
#include "actors/model/speech/spoken_numbers.hpp"
#include "actors/model/speech/spoken_text.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

// A Saturday.
const auto now = parse_local_time("2026-11-21T10:00:00").value();

std::string value(std::string_view type,
                  std::string_view text,
                  bool asked = true,
                  std::vector<std::string> choices = {}) {
  return find_slot_value(type, text, {now, asked, std::move(choices)}).value_or("-");
}

BOOST_AUTO_TEST_SUITE(brain_slots_suite)

BOOST_AUTO_TEST_CASE(numbers_are_heard_in_english_hindi_and_hinglish) {
  BOOST_TEST(value("number", "three bedrooms") == "3");
  BOOST_TEST(value("number", "twenty five") == "25");
  BOOST_TEST(value("number", "pachchis") == "25");
  BOOST_TEST(value("number", "पच्चीस") == "25");
  BOOST_TEST(value("number", "निन्यानवे") == "99");
  BOOST_TEST(value("number", "२५") == "25");
  BOOST_TEST(value("number", "do hazaar paanch sau") == "2500");
  BOOST_TEST(value("amount", "around eighty five lakh") == "8500000");
  BOOST_TEST(value("amount", "1.5 crore") == "15000000");
  BOOST_TEST(value("amount", "dedh lakh") == "150000");
  BOOST_TEST(value("amount", "डेढ़ लाख रुपये") == "150000");
  BOOST_TEST(value("amount", "dhai crore tak") == "25000000");
  BOOST_TEST(value("amount", "80k") == "80000");
  BOOST_TEST(value("number", "do you have two") == "2");
  BOOST_TEST(value("number", "none at all") == "-");
}

BOOST_AUTO_TEST_CASE(every_number_below_hundred_is_known_in_both_scripts) {
  for (const auto* word : {"ikyavan", "इक्यावन"})
    BOOST_TEST(number_word(fold_speech(word)).value_or(-1) == 51);
  for (const auto* word : {"unasi", "उनासी"})
    BOOST_TEST(number_word(fold_speech(word)).value_or(-1) == 79);
  for (const auto* word : {"saat", "सात", "seven", "7"})
    BOOST_TEST(number_word(fold_speech(word)).value_or(-1) == 7);
  BOOST_TEST(!number_word("elephant"));
}

BOOST_AUTO_TEST_CASE(common_english_words_are_not_taken_for_hindi_numbers) {
  for (const auto word : words_of("the be to of and a in that have i it for not on with "
                                  "he as at this but his by from "
                                  "they we she or an will my all would there so up out "
                                  "if then than now about who get "
                                  "go me when make can like time no just people into "
                                  "year good some could other only "
                                  "back after work first way even new want any these "
                                  "most us is are was were been had "
                                  "has please thank call phone order price busy later "
                                  "visit home house bad math path"))
    BOOST_TEST(!number_word(fold_speech(word)), word);
}

BOOST_AUTO_TEST_CASE(dates_lie_ahead_and_are_seen_from_the_callers_day) {
  BOOST_TEST(value("date", "today") == "2026-11-21");
  BOOST_TEST(value("date", "kal aaunga") == "2026-11-22");
  BOOST_TEST(value("date", "परसों") == "2026-11-23");
  BOOST_TEST(value("date", "day after tomorrow") == "2026-11-23");
  BOOST_TEST(value("date", "on monday") == "2026-11-23");
  BOOST_TEST(value("date", "next monday") == "2026-11-30");
  BOOST_TEST(value("date", "somvar ko") == "2026-11-23");
  BOOST_TEST(value("date", "शुक्रवार") == "2026-11-27");
  BOOST_TEST(value("date", "saturday") == "2026-11-28");
  BOOST_TEST(value("date", "15th of december") == "2026-12-15");
  BOOST_TEST(value("date", "15th december") == "2026-12-15");
  BOOST_TEST(value("date", "march 3") == "2027-03-03");
  BOOST_TEST(value("date", "5 tarikh ko") == "2026-12-05");
  BOOST_TEST(value("date", "25 तारीख") == "2026-11-25");
  BOOST_TEST(value("date", "21/12/2026") == "2026-12-21");
  BOOST_TEST(value("date", "2027-02-28") == "2027-02-28");
  BOOST_TEST(value("date", "31/02/2027") == "-");
  BOOST_TEST(value("date", "29 february") == "2028-02-29");
  BOOST_TEST(value("date", "whenever") == "-");
}

BOOST_AUTO_TEST_CASE(times_are_heard_with_parts_of_the_day) {
  BOOST_TEST(value("time", "5 pm") == "17:00");
  BOOST_TEST(value("time", "5pm") == "17:00");
  BOOST_TEST(value("time", "17:30") == "17:30");
  BOOST_TEST(value("time", "tomorrow at five.") == "17:00");
  BOOST_TEST(value("time", "tomorrow at eleven is fine") == "11:00");
  BOOST_TEST(value("time", "half past four") == "16:30");
  BOOST_TEST(value("time", "quarter to six") == "17:45");
  BOOST_TEST(value("time", "subah gyarah baje") == "11:00");
  BOOST_TEST(value("time", "saadhe paanch baje") == "17:30");
  BOOST_TEST(value("time", "paune chhe baje") == "17:45");
  BOOST_TEST(value("time", "सुबह दस बजे") == "10:00");
  BOOST_TEST(value("time", "शाम को सवा छह बजे") == "18:15");
  BOOST_TEST(value("time", "raat ko nau baje") == "21:00");
  BOOST_TEST(value("time", "12 am") == "00:00");
  BOOST_TEST(value("time", "12 pm") == "12:00");
  BOOST_TEST(value("time", "in the evening") == "18:00");
  BOOST_TEST(value("time", "no idea") == "-");
}

BOOST_AUTO_TEST_CASE(names_are_cut_out_of_sentences) {
  BOOST_TEST(value("name", "My name is Ravi Kumar.", false) == "Ravi Kumar");
  BOOST_TEST(value("name", "this is asha calling", false) == "Asha");
  BOOST_TEST(value("name", "Mera naam Ravi Kumar hai.", false) == "Ravi Kumar");
  BOOST_TEST(value("name", "मेरा नाम रवि कुमार है।", false) == "रवि कुमार");
  BOOST_TEST(value("name", "ravi", true) == "Ravi");
  BOOST_TEST(value("name", "yes", true) == "-");
  BOOST_TEST(value("name", "I am not interested", false) == "-");
  BOOST_TEST(value("name", "I am busy", false) == "-");
  BOOST_TEST(value("name", "I want to know where my order is", true) == "-");
}

BOOST_AUTO_TEST_CASE(phones_pins_codes_and_addresses_of_mail_are_checked) {
  BOOST_TEST(value("phone", "98765 43210") == "+919876543210");
  BOOST_TEST(value("phone", "nine eight double seven six five four three two one") ==
             "+919877654321");
  BOOST_TEST(value("phone", "+44 20 7946 0958") == "+442079460958");
  BOOST_TEST(value("phone", "12345") == "-");
  BOOST_TEST(value("pin", "one one zero zero two two") == "110022");
  BOOST_TEST(value("pin", "ek ek shunya shunya do do") == "110022");
  BOOST_TEST(value("pin", "012345") == "-");
  BOOST_TEST(value("code", "My order number is four five two one.") == "4521");
  BOOST_TEST(value("code", "it is AB-1234 please") == "AB-1234");
  BOOST_TEST(value("code", "ऑर्डर नंबर चार पाँच दो एक है।") == "4521");
  BOOST_TEST(value("code", "I do not know") == "-");
  BOOST_TEST(value("email", "asha at gmail dot com") == "asha@gmail.com");
  BOOST_TEST(value("email", "it is Asha.Rao@Example.co.in") == "asha.rao@example.co.in");
  BOOST_TEST(value("email", "at home") == "-");
}

BOOST_AUTO_TEST_CASE(choices_are_found_by_any_of_their_spellings) {
  const std::vector<std::string> choices{"own use/family/रहने", "investment/invest"};
  BOOST_TEST(value("choice", "for my family", true, choices) == "own use");
  BOOST_TEST(value("choice", "रहने के लिए", true, choices) == "own use");
  BOOST_TEST(value("choice", "as investment", true, choices) == "investment");
  BOOST_TEST(value("choice", "for the dog", true, choices) == "-");
}

BOOST_AUTO_TEST_CASE(a_plain_yes_or_no_is_told_from_everything_longer) {
  for (const auto* text : {"yes",
                           "Yes, please go ahead.",
                           "haan ji",
                           "theek hai",
                           "जी हाँ",
                           "bilkul",
                           "correct"})
    BOOST_TEST((find_yes_no(text) == true), text);
  for (const auto* text : {"no", "nahi", "नहीं जी", "not correct", "No thank you"})
    BOOST_TEST((find_yes_no(text) == false), text);
  for (const auto* text : {"yes but the other order", "tell me more", "", "maybe"})
    BOOST_TEST(!find_yes_no(text), text);
}

BOOST_AUTO_TEST_CASE(free_text_is_only_taken_when_asked_for) {
  BOOST_TEST(value("text", "the screen is broken", true) == "the screen is broken");
  BOOST_TEST(value("text", "the screen is broken", false) == "-");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(brain_speech_suite)

BOOST_AUTO_TEST_CASE(spellings_of_one_word_become_one_text) {
  BOOST_TEST(fold_speech("Theek") == fold_speech("thik"));
  BOOST_TEST(fold_speech("phone") == fold_speech("fone"));
  BOOST_TEST(fold_speech("haaan!") == fold_speech("han"));
  BOOST_TEST(fold_speech("accha") == fold_speech("achha"));
  BOOST_TEST(fold_speech("wala") == fold_speech("vaala"));
  BOOST_TEST(fold_speech("फ़ोन") == fold_speech("फोन"));
  BOOST_TEST(fold_speech("हाँ।") == fold_speech("हां"));
  BOOST_TEST(fold_speech("Don't") == fold_speech("dont"));
  BOOST_TEST(fold_speech("call 98765-43210, ok?") == "cal 98765-43210 ok");
  BOOST_TEST(fold_speech("१२३") == "123");
}

BOOST_AUTO_TEST_CASE(languages_are_told_apart) {
  const auto language = [](std::string_view text) {
    return guess_language(text).language;
  };
  BOOST_TEST(language("Yes, I would like to book an appointment.") == "en");
  BOOST_TEST(language("Do you deliver to the station?") == "en");
  BOOST_TEST(language("मेरा ऑर्डर कहाँ है?") == "hi");
  BOOST_TEST(language("मुझे appointment चाहिए") == "hi");
  BOOST_TEST(language("Mera order kahan hai?") == "hinglish");
  BOOST_TEST(language("Kal gyarah baje theek hai.") == "hinglish");
  BOOST_TEST(language("4521") == "");
  BOOST_TEST(guess_language("okay").confidence < 0.6);
}

BOOST_AUTO_TEST_CASE(words_are_counted_as_a_person_would) {
  BOOST_TEST(count_words("") == 0u);
  BOOST_TEST(count_words("  one  two\nthree ") == 3u);
  BOOST_TEST(count_words("हाँ, मुझे चाहिए।") == 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
