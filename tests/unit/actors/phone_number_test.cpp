#include "actors/model/phone_number.hpp"
#include "actors/model/time_zone.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <unordered_set>

namespace caly::test {
namespace {

std::string read(std::string_view text, std::string_view country = "IN") {
  const auto reading = parse_phone(text, country);
  return reading.ok() ? reading.number.str() : std::string{to_code(reading.issue)};
}

std::string zone(std::string_view e164) {
  return std::string{time_zone_of(phone_number::parse(e164).value()).value_or("unknown")};
}

BOOST_AUTO_TEST_SUITE(phone_number_suite)

BOOST_AUTO_TEST_CASE(is_a_value_that_prints_what_it_read) {
  const auto number = phone_number::parse("+919876543210");
  BOOST_REQUIRE(number);
  BOOST_TEST(number->str() == "+919876543210");
  BOOST_TEST(number->masked() == "+91******3210");
  BOOST_TEST(to_string(*number) == number->masked());
  BOOST_TEST(number->calling_code() == 91u);
  BOOST_TEST((*number < *phone_number::parse("+919876543211")));
  BOOST_TEST((std::unordered_set<phone_number>{*number, *number}.size() == 1u));
  BOOST_TEST(phone_number{}.empty());
  BOOST_TEST(phone_number{}.str().empty());
  BOOST_TEST(phone_number::parse("+14155550123")->calling_code() == 1u);
  BOOST_TEST(phone_number::parse("+971501234567")->calling_code() == 971u);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_exactly_e164) {
  for (const auto* text : {"",
                           "+",
                           "919876543210",
                           "+0919876543210",
                           "+91 9876543210",
                           "+12345",
                           "+1234567890123456",
                           "+91987654321x",
                           "+-1234567"})
    BOOST_CHECK_MESSAGE(!phone_number::parse(text), text);
}

BOOST_AUTO_TEST_CASE(repairs_what_people_and_spreadsheets_do_to_indian_numbers) {
  for (const auto* text :
       {"9876543210",
        "98765 43210",
        "98765-43210",
        "(98765) 43210",
        "98.76.54.32.10",
        "09876543210",
        "+919876543210",
        "+91 98765 43210",
        "+91-98765-43210",
        "919876543210",
        "0919876543210",
        "00919876543210",
        "0091 98765 43210",
        "+91 (0) 98765 43210",
        "+9109876543210",
        "+0 98765 43210",
        "+0091 9876543210",
        "'9876543210",
        "'+919876543210",
        "  9876543210  ",
        "\t9876543210\r\n",
        "tel:+919876543210",
        "p:+919876543210",
        "WhatsApp:+91 98765 43210",
        "=\"+919876543210\"",
        "\"9876543210\"",
        "9876543210.0",
        "919876543210.00",
        "9.1987654321E+11",
        "9.19876543210E+11",
        "9,19876543210e11",
        "\u0966\u096f\u096e\u096d\u096c\u096b\u096a\u0969\u0968\u0967\u0966",
        "+९१ ९८७६५ ४३२१०",
        "\u0669\u0668\u0667\u0666\u0665\u0664\u0663\u0662\u0661\u0660",
        "９８７６５４３２１０",
        "\u200b98765\u00a043210\u200c",
        "\u202a+91 98765\u201143210\u202c",
        "\ufeff9876543210",
        "\uff0b919876543210",
        "\u20189876543210"}) {
    const auto got = read(text);
    if (std::string_view{text} == "9.1987654321E+11")
      BOOST_CHECK_MESSAGE(got == "E_PHONE_SCIENTIFIC", text << " -> " << got);
    else
      BOOST_CHECK_MESSAGE(got == "+919876543210", text << " -> " << got);
  }
}

BOOST_AUTO_TEST_CASE(a_rounded_number_is_refused_because_its_digits_are_lost) {
  for (const auto* text : {"9.19877E+11",
                           "9.19877e+11",
                           "9,19877E+11",
                           "9.87654E+09",
                           "9E+11",
                           "1.41556E+10",
                           "9.198765432109E+11"}) {
    const auto reading = parse_phone(text, "IN");
    BOOST_CHECK_MESSAGE(reading.issue == phone_issue::scientific, text);
    BOOST_TEST(!reading.ok());
    BOOST_TEST(!reading.suggestion.empty());
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_number_and_says_why) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "E_PHONE_MISSING"},
      {"   ", "E_PHONE_MISSING"},
      {"n/a", "E_PHONE_MISSING"},
      {"-", "E_PHONE_MISSING"},
      {"12345", "E_PHONE_INVALID"},
      {"987654321", "E_PHONE_INVALID"},
      {"98765432101", "E_PHONE_INVALID"},
      {"0000000000", "E_PHONE_INVALID"},
      {"1234567890", "E_PHONE_INVALID"},
      {"000919876543210", "E_PHONE_INVALID"},
      {"98765x4321", "E_PHONE_INVALID"},
      {"9876543210 ext 5", "E_PHONE_INVALID"},
      {"9876543210/9876543211", "E_PHONE_INVALID"},
      {"9876543210, 9876543211", "E_PHONE_INVALID"},
      {"9876543210 9876543211", "E_PHONE_INVALID"},
      {"+99900", "E_PHONE_INVALID"},
      {"+99900112233", "E_PHONE_INVALID"},
      {"+14151234567", "E_PHONE_INVALID"},
      {"+1415555012", "E_PHONE_INVALID"},
      {"+91987654321", "E_PHONE_INVALID"},
      {"+9187654321098", "E_PHONE_INVALID"},
      {"1401234567", "E_PHONE_INVALID"},
      {"asha@example.com1", "E_PHONE_INVALID"},
      {"+19005550123", "E_PREMIUM"},
      {"18001234567", "E_PREMIUM"},
      {"1860 123 456", "E_PREMIUM"},
      {"+918601234567 x", "E_PHONE_INVALID"},
      {"+447400123456 +447400123457", "E_PHONE_INVALID"},
      {"+449098790000", "E_PREMIUM"},
      {"+881612345678", "E_PREMIUM"},
  };
  for (const auto& [text, code] : cases) {
    const auto reading = parse_phone(text, "IN");
    BOOST_CHECK_MESSAGE(to_code(reading.issue) == code,
                        text << " -> " << to_code(reading.issue) << " "
                             << reading.number.str());
    BOOST_CHECK_MESSAGE(
        !reading.ok() && !reading.reason.empty() && !reading.suggestion.empty(), text);
  }
}

BOOST_AUTO_TEST_CASE(landlines_can_be_called_and_carry_a_warning) {
  for (const auto* text : {"011-23456789",
                           "022 2345 6789",
                           "080 2345 6789",
                           "0612-2345678",
                           "+442079460958"}) {
    const auto reading = parse_phone(text, "IN");
    BOOST_CHECK_MESSAGE(reading.ok() && reading.issue == phone_issue::landline,
                        text << " -> " << reading.number.str());
  }
  for (const auto* text : {"9876543210", "8123456789", "7012345678", "6201234567"})
    BOOST_CHECK_MESSAGE(parse_phone(text, "IN").issue == phone_issue::none, text);
}

BOOST_AUTO_TEST_CASE(reads_north_american_numbers_by_rule) {
  for (const auto* text : {"+1 (415) 555-0123",
                           "+14155550123",
                           "1-415-555-0123",
                           "415.555.0123",
                           "(415) 555 0123",
                           "001 415 555 0123",
                           "0114155550123"}) {
    const auto got = read(text, "US");
    const bool abroad = std::string_view{text} == "0114155550123";
    BOOST_CHECK_MESSAGE(abroad ? got != "+14155550123" : got == "+14155550123",
                        text << " -> " << got);
  }
  BOOST_TEST(read("011 91 98765 43210", "US") == "+919876543210");
  BOOST_TEST(read("919876543210", "US") == "+919876543210");
  BOOST_TEST(read("555-0123", "US") == "E_PHONE_INVALID");
  BOOST_TEST(read("1155550123", "US") == "E_PHONE_INVALID");
  BOOST_TEST(read("4159110123", "CA") == "E_PHONE_INVALID");
  BOOST_TEST(read("14155550123", "IN") == "+14155550123");
}

BOOST_AUTO_TEST_CASE(reads_other_countries_through_the_library) {
  BOOST_TEST(read("+44 7400 123456") == "+447400123456");
  BOOST_TEST(read("07400 123456", "GB") == "+447400123456");
  BOOST_TEST(read("447400123456", "GB") == "+447400123456");
  BOOST_TEST(read("447400123456", "IN") == "+447400123456");
  BOOST_TEST(read("050 123 4567", "AE") == "+971501234567");
  BOOST_TEST(read("+39 06 698 12345") == "+390669812345");
  BOOST_TEST(to_code(parse_phone("9876543210", "GB").issue) == "W_PHONE_UNUSUAL");
  BOOST_TEST(read("98765 43210", "XX") == "E_PHONE_INVALID");
  // A length that fits in a series that nobody knows yet.
  const auto unusual = parse_phone("+61 4999", "IN");
  BOOST_TEST(!unusual.ok());
  const auto warned = parse_phone("+65 7123 4567", "IN");
  BOOST_TEST(warned.ok());
  BOOST_TEST(to_code(warned.issue) == "W_PHONE_UNUSUAL");
}

BOOST_AUTO_TEST_CASE(knows_countries_by_code_and_by_number) {
  BOOST_TEST(is_country("IN"));
  BOOST_TEST(is_country("US"));
  BOOST_TEST(!is_country("in"));
  BOOST_TEST(!is_country("XX"));
  BOOST_TEST(!is_country(""));
  BOOST_TEST(country_of(*phone_number::parse("+919876543210")) == "IN");
  BOOST_TEST(country_of(*phone_number::parse("+14155550123")) == "US");
  BOOST_TEST(country_of(*phone_number::parse("+14165550123")) == "CA");
  BOOST_TEST(country_of(*phone_number::parse("+447400123456")) == "GB");
  BOOST_TEST(country_of(phone_number{}) == "");
}

BOOST_AUTO_TEST_CASE(time_zones_are_known_or_fail_closed) {
  BOOST_TEST(zone("+919876543210") == "Asia/Kolkata");
  BOOST_TEST(zone("+447400123456") == "Europe/London");
  BOOST_TEST(zone("+971501234567") == "Asia/Dubai");
  BOOST_TEST(zone("+6591234567") == "Asia/Singapore");
  BOOST_TEST(zone("+998901234567") == "Asia/Tashkent");
  BOOST_TEST(zone("+12125550123") == "America/New_York");
  BOOST_TEST(zone("+13125550123") == "America/Chicago");
  BOOST_TEST(zone("+13035550123") == "America/Denver");
  BOOST_TEST(zone("+16025550123") == "America/Phoenix");
  BOOST_TEST(zone("+14155550123") == "America/Los_Angeles");
  BOOST_TEST(zone("+18085550123") == "Pacific/Honolulu");
  BOOST_TEST(zone("+14165550123") == "America/Toronto");
  BOOST_TEST(zone("+16045550123") == "America/Vancouver");
  // Borders between zones, toll-free numbers, large countries.
  for (const auto* text : {"+18505550123",
                           "+12085550123",
                           "+19075550123",
                           "+18005550123",
                           "+79161234567",
                           "+5511987654321",
                           "+61412345678",
                           "+34612345678",
                           "+351912345678",
                           "+819012345678999"})
    BOOST_CHECK_MESSAGE(zone(text) == "unknown" || std::string_view{text}[1] == '8',
                        text);
  BOOST_TEST(!time_zone_of(phone_number{}));
}

BOOST_AUTO_TEST_CASE(every_country_zone_is_found_by_its_own_code) {
  // The table is searched by halves, so an entry out of order would be lost.
  int known = 0;
  for (unsigned code = 20; code < 1000; ++code) {
    auto digits = std::to_string(code);
    digits.resize(11, '5');
    const auto number = phone_number::parse('+' + digits);
    if (number && number->calling_code() == code && time_zone_of(*number))
      ++known;
  }
  BOOST_TEST(known == 186);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_read_or_refused_and_read_again_the_same) {
  std::mt19937 random{20261121};
  const std::string_view alphabet = "0123456789+-() .'Ee,/x\xe0\xa5\xa6\xff\"=";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (auto n = random() % 24; n > 0; --n)
      text += random() % 4 == 0 ? static_cast<char>(random())
                                : alphabet[random() % alphabet.size()];
    const auto* const countries = "INUSGBXX";
    const std::string_view country{countries + random() % 4 * 2, 2};
    const auto reading = parse_phone(text, country);
    if (reading.ok()) {
      BOOST_REQUIRE(phone_number::parse(reading.number.str()) == reading.number);
      BOOST_REQUIRE(parse_phone(reading.number.str(), country).number == reading.number);
    } else {
      BOOST_REQUIRE(!to_code(reading.issue).empty());
      BOOST_REQUIRE(!reading.reason.empty());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
