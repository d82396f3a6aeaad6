#include "actors/model/phone_plan.hpp"

#include <array>
#include <bitset>
#include <phonenumbers/logger.h>
#include <phonenumbers/phonenumberutil.h>

namespace caly {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::uint64_t ten_digits = 10'000'000'000;

constexpr std::string_view with_plus =
    "Write the number with + and its country code, for example +919876543210.";
constexpr std::string_view check_digits = "Check the digits of this number.";
constexpr std::string_view other_number = "Use a number that reaches the person.";

phone_reading
refuse(phone_issue issue, std::string_view reason, std::string_view suggestion) {
  return {{}, issue, reason, suggestion};
}

phone_reading accept(std::uint64_t digits, phone_issue issue = phone_issue::none) {
  phone_reading result{*phone_number::from_digits(digits), issue, {}, {}};
  if (issue == phone_issue::landline)
    result.reason = "a landline: it may ring where nobody answers";
  else if (issue == phone_issue::unusual)
    result.reason = "its series is not known in this country";
  return result;
}

PhoneNumberUtil& library() {
  static auto& instance = [&]() -> PhoneNumberUtil& {
    auto* util = PhoneNumberUtil::GetInstance();
    // Its default logger writes to stdout. The library takes ownership.
    util->SetLogger(new i18n::phonenumbers::NullLogger);
    return *util;
  }();
  return instance;
}

/// STD codes of three digits whose numbers could be taken for mobiles, where the fourth
/// digit is 2 to 6: Patna, Nagpur, Indore, Bengaluru, Visakhapatnam …
constexpr std::array<int, 41> std_codes = {
    612, 621, 631, 641, 651, 657, 661, 663, 671, 674, 680, 712, 721, 724,
    731, 733, 734, 744, 747, 751, 755, 761, 788, 816, 820, 821, 824, 831,
    832, 836, 861, 863, 866, 870, 877, 878, 883, 884, 891, 161, 172};

/// Exchanges without mobiles: Ahmedabad (79), Bengaluru (80), Bhubaneswar's rural 683.
constexpr std::array<int, 10> landline_only = {
    683, 791, 792, 793, 794, 795, 796, 802, 803, 804};

/// Four-digit beginnings of landlines among 6000 … 8999.
const std::bitset<10'000> landline_beginnings = [] {
  std::bitset<10'000> result;
  for (const int code : std_codes)
    for (int digit = 2; digit <= 6; ++digit)
      result.set(static_cast<std::size_t>(code * 10 + digit));
  for (const int code : landline_only)
    for (int digit = 0; digit <= 9; ++digit)
      result.set(static_cast<std::size_t>(code * 10 + digit));
  return result;
}();

/// A number that the library took apart, with all that it knows about it.
phone_reading judge(const PhoneNumber& number, bool valid_only) {
  auto& util = library();
  if (!util.IsPossibleNumber(number))
    return refuse(phone_issue::invalid,
                  "the number of digits does not fit its country",
                  check_digits);
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  const auto parsed = phone_number::parse(e164);
  if (!parsed)
    return refuse(phone_issue::invalid, "not a telephone number", check_digits);
  const auto code = number.country_code();
  const auto type = util.GetNumberType(number);
  if (type == PhoneNumberUtil::PREMIUM_RATE || code == 979)
    return refuse(phone_issue::premium, "a premium-rate number", other_number);
  if (code == 870 || (code >= 881 && code <= 883))
    return refuse(phone_issue::premium, "a satellite or global service", other_number);
  if (type == PhoneNumberUtil::PAGER || type == PhoneNumberUtil::VOICEMAIL)
    return refuse(phone_issue::invalid, "a pager or voice-mail access", other_number);
  const bool valid = type != PhoneNumberUtil::UNKNOWN;
  if (!valid && valid_only)
    return refuse(phone_issue::invalid, "not a telephone number", with_plus);
  const auto issue = !valid                                ? phone_issue::unusual
                     : type == PhoneNumberUtil::FIXED_LINE ? phone_issue::landline
                                                           : phone_issue::none;
  return accept(parsed->digits(), issue);
}

phone_reading read_with_code(std::uint64_t digits, bool valid_only) {
  PhoneNumber number;
  const auto failure = library().Parse('+' + std::to_string(digits), "ZZ", &number);
  if (failure == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR)
    return refuse(phone_issue::invalid, "no country has this calling code", with_plus);
  if (failure != PhoneNumberUtil::NO_PARSING_ERROR)
    return refuse(phone_issue::invalid, "not a telephone number", with_plus);
  return judge(number, valid_only);
}

} // namespace

phone_reading read_indian(std::uint64_t national) {
  const auto digits = 91 * ten_digits + national;
  if (national >= 9'000'000'000)
    return accept(digits);
  const auto beginning = static_cast<std::size_t>(national / 1'000'000);
  if (national >= 6'000'000'000)
    return accept(digits,
                  landline_beginnings[beginning] ? phone_issue::landline
                                                 : phone_issue::none);
  if (beginning == 1860 || beginning == 1900)
    return refuse(
        phone_issue::premium, "a service number with its own rate", other_number);
  if (beginning == 1800)
    return refuse(phone_issue::premium, "a toll-free service number", other_number);
  if (beginning / 10 == 140 || beginning == 1600)
    return refuse(phone_issue::invalid,
                  "a series of telemarketers, who cannot be called back",
                  other_number);
  if (national == 1'234'567'890)
    return refuse(phone_issue::invalid, "a placeholder, not a number", check_digits);
  PhoneNumber number;
  number.set_country_code(91);
  number.set_national_number(national);
  if (national < ten_digits / 10 || !library().IsValidNumber(number))
    return refuse(phone_issue::invalid,
                  "not an Indian number: mobiles begin with 6, 7, 8 or 9",
                  check_digits);
  return accept(digits, phone_issue::landline);
}

bool looks_north_american(std::uint64_t national) noexcept {
  const auto area = national / 10'000'000;
  const auto exchange = national / 10'000 % 1'000;
  return national < ten_digits && area >= 200 && area / 10 % 10 != 9 &&
         area % 100 != 11 && exchange >= 200 && exchange % 100 != 11;
}

phone_reading read_north_american(std::uint64_t national) {
  if (!looks_north_american(national))
    return refuse(phone_issue::invalid,
                  "no such area code or exchange in North America",
                  check_digits);
  const auto area = national / 10'000'000;
  const auto exchange = national / 10'000 % 1'000;
  if (area == 900 || exchange == 976)
    return refuse(phone_issue::premium, "a premium-rate number", other_number);
  return accept(ten_digits + national);
}

bool is_north_american(std::string_view iso) noexcept {
  if (iso == "US" || iso == "CA")
    return true;
  constexpr std::string_view others =
      "AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS PR "
      "SX TC TT VC VG VI";
  const auto at = others.find(iso);
  return iso.size() == 2 && at != others.npos && at % 3 == 0;
}

phone_reading read_international(std::uint64_t digits) {
  return read_with_code(digits, false);
}

phone_reading guess_international(std::uint64_t digits) {
  return read_with_code(digits, true);
}

phone_reading read_domestic(const phone_text& text, std::string_view country) {
  PhoneNumber number;
  const auto digits = std::string(text.zeros, '0') +
                      (text.count == 0 ? std::string{} : std::to_string(text.value));
  const auto failure = library().Parse(digits, std::string{country}, &number);
  if (failure == PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR)
    return refuse(phone_issue::invalid, "it has no country code", with_plus);
  if (failure != PhoneNumberUtil::NO_PARSING_ERROR)
    return refuse(phone_issue::invalid, "not a telephone number", check_digits);
  return judge(number, false);
}

bool is_country(std::string_view iso) {
  return iso.size() == 2 && library().GetCountryCodeForRegion(std::string{iso}) != 0;
}

std::string country_of(phone_number number) {
  if (number.calling_code() == 91)
    return "IN";
  PhoneNumber parsed;
  std::string region;
  if (number.empty() ||
      library().Parse(number.str(), "ZZ", &parsed) != PhoneNumberUtil::NO_PARSING_ERROR)
    return region;
  library().GetRegionCodeForNumber(parsed, &region);
  if (region.size() == 2 && region != "ZZ")
    return region;
  // A series that the tables do not know still belongs to its calling code's only
  // country.
  std::list<std::string> regions;
  library().GetRegionCodesForCountryCallingCode(parsed.country_code(), &regions);
  return regions.size() == 1 ? regions.front() : std::string{};
}

} // namespace caly
