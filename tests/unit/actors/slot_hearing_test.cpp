#include "actors/model/slots/slot_hearing.hpp"
#include "actors/model/slots/slot_words.hpp"
#include "actors/model/speech/spoken_dates.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

// A Saturday.
const auto now = parse_local_time("2026-11-21T10:00:00").value();

agent_slot slot_of(const std::string& type) {
  agent_slot slot;
  slot.name = type;
  slot.type = type;
  slot.captured = slot.read_back = true;
  if (type == "choice")
    slot.choices = {"red/lal/लाल", "blue"};
  return slot;
}

std::string heard(const std::string& type, std::string_view words) {
  const auto reading = hear_slot(slot_of(type), words, now);
  return reading.value.empty() ? "-" : reading.value;
}

slot_problem problem(const agent_slot& slot, std::string_view words) {
  return hear_slot(slot, words, now).problem;
}

BOOST_AUTO_TEST_SUITE(slot_hearing_suite)

BOOST_AUTO_TEST_CASE(phones_are_heard_in_digits_and_words_of_all_languages) {
  for (const auto* words : {"nine eight four five zero one two three four five",
                            "my number is 98450 dash 12345",
                            "98450 and then 12345",
                            "nine eight four five oh one two three four five",
                            "नौ आठ चार पाँच शून्य एक दो तीन चार पाँच",
                            "९८४५०१२३४५",
                            "nau aath chaar paanch shunya ek do teen chaar paanch",
                            "+91 98450 12345",
                            "09845012345",
                            "9845012345 hai mera number",
                            "no, it is 9845012345"})
    BOOST_TEST(heard("phone", words) == "+919845012345", words);
  BOOST_TEST(heard("phone", "double nine eight four five, zero one two three four") ==
             "+919984501234");
  BOOST_TEST(heard("phone", "98 forty five zero one two three forty five") ==
             "+919845012345");
  BOOST_TEST(heard("phone", "triple nine 4501234") == "+919994501234");
}

BOOST_AUTO_TEST_CASE(a_phone_that_cannot_be_is_refused_with_why) {
  const auto slot = slot_of("phone");
  const auto few = hear_slot(slot, "nine eight four five", now);
  BOOST_TEST((few.problem == slot_problem::wrong_length));
  BOOST_TEST(say_problem(slot, few, "en") ==
             "I heard 4 digits; a phone has 10. Please say all of it again.");
  BOOST_TEST((problem(slot, "1234512345") == slot_problem::not_valid));
  BOOST_TEST((problem(slot, "hello there") == slot_problem::not_heard));
  BOOST_TEST((problem(slot, std::string(5000, '9')) != slot_problem::none));
}

BOOST_AUTO_TEST_CASE(pin_codes_have_six_digits_and_do_not_begin_with_zero) {
  BOOST_TEST(heard("pin", "five six double zero zero one") == "560001");
  BOOST_TEST(heard("pin", "paanch chhe shunya shunya shunya ek") == "560001");
  BOOST_TEST(heard("pin", "560 001") == "560001");
  const auto slot = slot_of("pin");
  BOOST_TEST((problem(slot, "012345") == slot_problem::not_valid));
  BOOST_TEST((problem(slot, "56001") == slot_problem::wrong_length));
}

BOOST_AUTO_TEST_CASE(addresses_are_heard_as_people_say_and_spell_them) {
  const std::pair<const char*, const char*> cases[]{
      {"ravi dot kumar at the rate gmail dot com", "ravi.kumar@gmail.com"},
      {"my email is r a v i one two three at gmail dot com please", "ravi123@gmail.com"},
      {"ravi_k@example.co.in", "ravi_k@example.co.in"},
      {"it's ravi underscore kumar at yahoo dot co dot in", "ravi_kumar@yahoo.co.in"},
      {"a for apple, s for sugar, h for hotel, a for apple at gmail.com",
       "asha@gmail.com"},
      {"meri email id asha at the rate rediffmail dot com hai", "asha@rediffmail.com"},
      {"ravi kumar ऐट द रेट जीमेल डॉट कॉम", "ravikumar@gmail.com"},
      {"Ravi-Kumar@Example.COM.", "ravi-kumar@example.com"},
      {"no idea", "-"},
      {"at gmail dot com", "-"},
      {"ravi at gmail", "-"},
      {"a..b@gmail.com", "-"},
  };
  for (const auto& [words, address] : cases)
    BOOST_TEST(heard("email", words) == address, words);
}

BOOST_AUTO_TEST_CASE(names_are_heard_said_and_spelt) {
  BOOST_TEST(heard("name", "my name is Ravi Kumar") == "Ravi Kumar");
  BOOST_TEST(heard("name", "R A V I") == "Ravi");
  BOOST_TEST(heard("name", "R for Romeo, A for apple, V for Victor, I for India") ==
             "Ravi");
  BOOST_TEST(heard("name", "that is S-H-A-R-M-A") == "Sharma");
  BOOST_TEST(heard("name", "रवि कुमार") == "रवि कुमार");
  BOOST_TEST(heard("name", "mera naam Asha hai") == "Asha");
  BOOST_TEST(heard("name", "yes") == "-");
}

BOOST_AUTO_TEST_CASE(dates_are_heard_with_years_and_counted_days) {
  BOOST_TEST(heard("date", "15 august") == "2027-08-15");
  BOOST_TEST(heard("date", "fifteenth of august 1990") == "1990-08-15");
  BOOST_TEST(heard("date", "twenty first december") == "2026-12-21");
  BOOST_TEST(heard("date", "15 अगस्त 2027") == "2027-08-15");
  BOOST_TEST(heard("date", "kal") == "2026-11-22");
  BOOST_TEST(heard("date", "parso") == "2026-11-23");
  BOOST_TEST(heard("date", "teen din baad") == "2026-11-24");
  BOOST_TEST(heard("date", "in 10 days") == "2026-12-01");
  BOOST_TEST(heard("date", "31 february 2027") == "-");
}

BOOST_AUTO_TEST_CASE(a_date_lies_within_its_range) {
  auto slot = slot_of("date");
  slot.earliest = "today";
  slot.latest = "today+30";
  BOOST_TEST((problem(slot, "kal") == slot_problem::none));
  BOOST_TEST((problem(slot, "15 august") == slot_problem::too_late));
  BOOST_TEST((problem(slot, "2026-11-20") == slot_problem::too_early));
  slot.latest = "2026-12-01";
  const auto late = hear_slot(slot, "2 december", now);
  BOOST_TEST(say_problem(slot, late, "hi").find("पहली दिसंबर") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(numbers_and_amounts_lie_within_their_bounds) {
  BOOST_TEST(heard("number", "pachchis") == "25");
  BOOST_TEST(heard("number", "1,25,000") == "125000");
  BOOST_TEST(heard("amount", "₹1,25,000") == "125000");
  BOOST_TEST(heard("amount", "five hundred rupees and fifty paise") == "500.50");
  BOOST_TEST(heard("amount", "dedh lakh rupaye") == "150000");
  auto slot = slot_of("number");
  slot.min = 2;
  slot.max = 10;
  BOOST_TEST((problem(slot, "one") == slot_problem::too_small));
  BOOST_TEST((problem(slot, "eleven") == slot_problem::too_large));
  BOOST_TEST((problem(slot, "ten") == slot_problem::none));
  BOOST_TEST(say_problem(slot, hear_slot(slot, "one", now), "hinglish") ==
             "number kam se kam 2 hona chahiye. Please poora phir se bataiye.");
}

BOOST_AUTO_TEST_CASE(choices_times_and_texts) {
  BOOST_TEST(heard("choice", "lal wala") == "red");
  BOOST_TEST((problem(slot_of("choice"), "green") == slot_problem::no_choice));
  BOOST_TEST(heard("time", "shaam ko saade paanch baje") == "17:30");
  BOOST_TEST(heard("text", "near the temple") == "near the temple");
  auto slot = slot_of("text");
  slot.max = 5;
  BOOST_TEST((problem(slot, "near the temple") == slot_problem::too_large));
}

BOOST_AUTO_TEST_CASE(values_are_read_back_digit_by_digit_spelt_and_with_the_weekday) {
  const auto said = [](const std::string& type, std::string_view value, const char* in) {
    return read_back_words(slot_of(type), value, in);
  };
  BOOST_TEST(said("phone", "+919845012345", "en") ==
             "nine eight four five zero, one two three four five");
  BOOST_TEST(said("phone", "+919845012345", "hi") ==
             "नौ आठ चार पाँच शून्य, एक दो तीन चार पाँच");
  BOOST_TEST(said("pin", "560001", "en") == "five six zero, zero zero one");
  BOOST_TEST(said("email", "ravi1@gmail.com", "en") ==
             "R, A, V, I, one, at the rate gmail dot com");
  BOOST_TEST(said("name", "Ravi", "en") == "Ravi: R, A, V, I");
  BOOST_TEST(said("date", "2026-11-22", "en") ==
             "Sunday, twenty-second November twenty twenty-six");
  BOOST_TEST(said("date", "2026-11-22", "hi") == "रविवार, बाईस नवंबर दो हज़ार छब्बीस");
  BOOST_TEST(said("amount", "500.50", "hi") == "पाँच सौ रुपये और पचास पैसे");
  BOOST_TEST(said("time", "17:30", "en") == "five thirty PM");
  BOOST_TEST(read_back_question(slot_of("pin"), "560001", "hinglish") ==
             "Maine note kiya: five six zero, zero zero one. Sahi hai?");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
