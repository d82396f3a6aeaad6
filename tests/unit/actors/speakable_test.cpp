#include "actors/model/speech/number_speech.hpp"
#include "actors/model/speech/speakable.hpp"
#include "actors/model/speech/value_speech.hpp"

#include <boost/test/unit_test.hpp>

namespace caly::test {
namespace {

struct spoken_case {
  const char* language;
  const char* text;
  const char* said;
};

void check(std::initializer_list<spoken_case> cases) {
  for (const auto& each : cases)
    BOOST_TEST(speakable(each.text, each.language) == each.said, each.text);
}

BOOST_AUTO_TEST_SUITE(speakable_suite)

BOOST_AUTO_TEST_CASE(amounts_are_said_in_lakh_and_crore_with_their_paise) {
  check({
      {"en",
       "It is ₹1,25,000.50.",
       "It is one lakh twenty-five thousand rupees and fifty paise."},
      {"hi", "कुल ₹1,25,000.50 है।", "कुल एक लाख पच्चीस हज़ार रुपये और पचास पैसे है।"},
      {"hinglish",
       "Total ₹1,25,000.50 hai.",
       "Total one lakh twenty-five thousand rupaye aur fifty paise hai."},
      {"en", "Rs. 500 is due.", "five hundred rupees is due."},
      {"en", "Rs 1 only", "one rupee only"},
      {"en", "INR 99.5", "ninety-nine rupees and fifty paise"},
      {"en", "₹0.50", "fifty paise"},
      {"en", "Pay 50 rupees", "Pay fifty rupees"},
      {"en", "1200/- is paid", "one thousand two hundred rupees is paid"},
      {"en", "₹1.5 lakh", "one point five lakh rupees"},
      {"hi", "₹1.5 लाख", "एक दशमलव पाँच लाख रुपये"},
      {"hinglish", "₹80k baaki", "eighty hazaar rupaye baaki"},
      {"en", "2.25 crore rupees", "two point two five crore rupees"},
      {"hi", "500 रुपये दीजिए", "पाँच सौ रुपये दीजिए"},
      {"hi", "१२५ रुपये।", "एक सौ पच्चीस रुपये।"},
      {"hinglish", "Aapke 500 rupaye", "Aapke five hundred rupaye"},
      {"en", "$1,200 abroad", "one thousand two hundred dollars abroad"},
      {"en", "€2.01", "two euros and one cent"},
  });
}

BOOST_AUTO_TEST_CASE(large_numbers_are_counted_as_in_india) {
  check({
      {"en", "100000 is", "one lakh is"},
      {"en", "12,34,567", "twelve lakh thirty-four thousand five hundred sixty-seven"},
      {"en", "1,00,00,000", "one crore"},
      {"hi", "1,00,00,000", "एक करोड़"},
      {"en",
       "123,45,67,890",
       "one hundred twenty-three crore forty-five lakh sixty-seven thousand eight "
       "hundred ninety"},
      {"en", "10,000 people", "ten thousand people"},
      {"hi", "कुल 10,000 लोग", "कुल दस हज़ार लोग"},
      {"hi", "आपका बैलेंस 2500 है", "आपका बैलेंस दो हज़ार पाँच सौ है"},
      {"en", "आपका बैलेंस 2500 है", "आपका बैलेंस दो हज़ार पाँच सौ है"},
      {"hi", "Your balance is 2500 now", "Your balance is two thousand five hundred now"},
  });
  BOOST_TEST(say_number(1'000'000'000'000, "en") == "one lakh crore");
  BOOST_TEST(say_number(1'234'567'890, "hi") ==
             "एक सौ तेईस करोड़ पैंतालीस लाख सड़सठ हज़ार आठ सौ नब्बे");
  BOOST_TEST(say_number(-7, "hi") == "माइनस सात");
  BOOST_TEST(say_number(INT64_MIN, "en").starts_with("minus"));
}

BOOST_AUTO_TEST_CASE(small_numbers_decimals_and_ordinals) {
  check({
      {"en", "3.14 and 0.05", "three point one four and zero point zero five"},
      {"hi", "3.14 है", "तीन दशमलव एक चार है"},
      {"en", "-5 degrees", "minus five degrees"},
      {"en", "1st, 2nd and 21st", "first, second and twenty-first"},
      {"en", "5kg", "five kg"},
      {"en", "5-7 days", "five to seven days"},
      {"hi", "5-7 दिन", "पाँच से सात दिन"},
      {"hinglish", "5-7 din lagenge, theek hai", "five se seven din lagenge, theek hai"},
      {"en", "Open 24x7", "Open twenty-four seven"},
      {"en", "Version 1.2.3.", "Version one point two point three."},
      {"en", "in 2026, since 1998", "in twenty twenty-six, since nineteen ninety-eight"},
      {"hi", "साल 1998 में", "साल उन्नीस सौ अट्ठानबे में"},
      {"hi", "आपके 3 ऑर्डर", "आपके तीन ऑर्डर"},
      {"en", "12.5% off", "twelve point five percent off"},
      {"hi", "12.5% की छूट", "बारह दशमलव पाँच प्रतिशत की छूट"},
      {"en", "100 %", "one hundred percent"},
  });
  BOOST_TEST(say_ordinal(21, "hi") == "इक्कीसवाँ");
  BOOST_TEST(say_ordinal(3, "hi") == "तीसरा");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_names_are_said_digit_by_digit) {
  check({
      {"en", "9845012345", "nine eight four five zero, one two three four five"},
      {"hi", "नंबर 9845012345 है", "नंबर नौ आठ चार पाँच शून्य, एक दो तीन चार पाँच है"},
      {"hinglish",
       "Mera number 9845012345 hai",
       "Mera number nine eight four five zero, one two three four five hai"},
      {"en",
       "+91 98450 12345",
       "plus nine one, nine eight four five zero, one two three four five"},
      {"en",
       "080-23456789",
       "zero eight zero, two three four five, six seven eight nine"},
      {"en", "1800 123 4567", "one eight zero zero, one two three, four five six seven"},
      {"en", "PIN code 560001", "PIN code five six zero, zero zero one"},
      {"hi", "पिन कोड 560001 है", "पिन कोड पाँच छह शून्य, शून्य शून्य एक है"},
      {"en", "560001 units", "five lakh sixty thousand one units"},
      {"en", "Order number 4521", "Order number four five two one"},
      {"en", "order AB-1234", "order A B, one two three four"},
      {"en", "ticket #778899", "ticket seven seven eight, eight nine nine"},
      {"en", "OTP is 0042", "OTP is zero zero four two"},
      {"en", "12345678 it is", "one two three four, five six seven eight it is"},
      {"en",
       "It is code. 4521 came",
       "It is code. four thousand five hundred twenty-one came"},
  });
}

BOOST_AUTO_TEST_CASE(dates_and_times) {
  check({
      {"en", "2026-11-21", "twenty-first November twenty twenty-six"},
      {"en", "on 21/11/2026", "on twenty-first November twenty twenty-six"},
      {"en", "15 August", "fifteenth August"},
      {"en", "15th of August 2026", "fifteenth August twenty twenty-six"},
      {"en", "August 15, 2026", "fifteenth August twenty twenty-six"},
      {"hi", "15 अगस्त 2026 को", "पन्द्रह अगस्त दो हज़ार छब्बीस को"},
      {"hi", "1 जनवरी को", "पहली जनवरी को"},
      {"hinglish", "15 august ko milte hain", "fifteenth August ko milte hain"},
      {"en", "31/02/2026 is none", "thirty-one/zero two/two thousand twenty-six is none"},
      {"en", "At 5:30 pm.", "At five thirty PM."},
      {"en", "17:30", "five thirty PM"},
      {"en", "9:05 am", "nine oh five AM"},
      {"en", "5 p.m. sharp", "five PM sharp"},
      {"en", "At 10:00", "At ten o'clock"},
      {"hi", "शाम 5:30 बजे", "शाम साढ़े पाँच बजे"},
      {"hi", "14:30 पर", "दोपहर ढाई बजे पर"},
      {"hi", "1:30 बजे", "डेढ़ बजे"},
      {"hi", "17:45 तक", "शाम पौने छह बजे तक"},
      {"hi", "09:20 बजे", "सुबह नौ बजकर बीस मिनट"},
      {"hinglish", "Kal 5 baje aana hai", "Kal five baje aana hai"},
  });
}

BOOST_AUTO_TEST_CASE(addresses_are_said_as_people_say_them) {
  check({
      {"en",
       "ravi.kumar99@gmail.com",
       "ravi dot kumar nine nine at the rate gmail dot com"},
      {"hi",
       "ravi_k@example.co.in पर",
       "ravi अंडरस्कोर k ऐट द रेट example डॉट co डॉट in पर"},
      {"en", "Mail a-b@x.org.", "Mail a hyphen b at the rate x dot org."},
  });
  BOOST_TEST(spell_email("ravi1@gmail.com", "en") ==
             "R, A, V, I, one, at the rate gmail dot com");
  BOOST_TEST(spell_name("Ravi Kumar") == "Ravi Kumar: R, A, V, I; K, U, M, A, R");
  BOOST_TEST(spell_name("रवि") == "रवि");
}

BOOST_AUTO_TEST_CASE(text_without_values_stays_as_it_is) {
  for (const auto* text : {"", "Hello there.", "नमस्ते, कैसे हैं आप?", "Rs", "₹", "a @ b"})
    BOOST_TEST(speakable(text, "en") == text);
  // No number at all, and one that is longer than any.
  BOOST_TEST(!speakable(std::string(4000, '9'), "en").empty());
  BOOST_TEST(speakable("\xe0\xa5 7 \xff", "hi").find('7') == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
