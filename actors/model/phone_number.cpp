#include "actors/model/phone_number.hpp"

#include "actors/model/phone_plan.hpp"
#include "actors/model/phone_text.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr std::uint64_t digits_min = 1'000'000;           // seven digits
constexpr std::uint64_t digits_max = 999'999'999'999'999; // fifteen digits
constexpr std::uint64_t ten_digits = 10'000'000'000;

phone_reading refuse(std::string_view reason, std::string_view suggestion) {
  return {{}, phone_issue::invalid, reason, suggestion};
}

/// Digits after a `+` or `00`.
phone_reading read_with_plus(const phone_text& text) {
  const auto above = text.value / ten_digits;
  const auto national = text.value % ten_digits;
  // 910: people also write +91 (0) 98765 43210.
  if ((above == 91 && text.count == 12) || (above == 910 && text.count == 13))
    return read_indian(national);
  if (above == 1 && text.count == 11)
    return read_north_american(national);
  if (text.count < 7)
    return refuse("too few digits", "Add the missing digits.");
  if (text.count > 15)
    return refuse("too many digits", "Keep one number in the cell.");
  const auto code = phone_number::from_digits(text.value)->calling_code();
  if (code == 91)
    return refuse("an Indian number has 10 digits after +91", "Check the digits.");
  if (code == 1)
    return refuse("a North American number has 10 digits after +1", "Check the digits.");
  return read_international(text.value);
}

phone_reading without_code(const phone_text& text, std::string_view length_reason) {
  // Eleven digits that begin like a mobile are a typing error before they are a number
  // of Iran or Vietnam.
  const auto first_two = text.count == 11 ? text.value / 1'000'000'000 : 0;
  if (text.zeros == 0 && text.count >= 11 && text.count <= 15 && first_two < 60) {
    const auto guess = guess_international(text.value);
    if (guess.ok() || guess.issue == phone_issue::premium)
      return guess;
  }
  return refuse(length_reason,
                "Check the digits; write a foreign number with + and its country code.");
}

phone_reading read_in_india(const phone_text& text) {
  constexpr std::string_view wrong_length = "an Indian number has 10 digits";
  const auto above = text.value / ten_digits;
  const auto national = text.value % ten_digits;
  if (text.count == 10)
    return read_indian(text.value);
  if ((text.count == 12 && above == 91) || (text.count == 13 && above == 910))
    return read_indian(national);
  if (text.count == 11 && above == 1 && text.zeros == 0) {
    const auto area = text.value / 10'000'000;
    if (area == 1800 || area == 1860 || area == 1900)
      return {{},
              phone_issue::premium,
              "a service number, or one of North America without its +",
              "Write a number of North America with +1."};
    if (looks_north_american(national))
      return read_north_american(national);
  }
  return without_code(text, wrong_length);
}

phone_reading read_in_north_america(const phone_text& text) {
  const auto above = text.value / ten_digits;
  const auto national = text.value % ten_digits;
  if (text.zeros == 0 && (text.count == 10 || (text.count == 11 && above == 1)))
    return read_north_american(national);
  if (text.zeros == 0 && text.count == 12 && above == 91 && looks_indian_mobile(national))
    return read_indian(national);
  return without_code(text, "a number of North America has 10 digits");
}

/// 011 is what North Americans dial where others dial 00.
bool strip_011(phone_text& text) {
  if (text.zeros != 1 || text.count < 10)
    return false;
  std::uint64_t scale = 1;
  for (int i = 2; i < text.count; ++i)
    scale *= 10;
  if (text.value / scale != 11)
    return false;
  const auto rest = text.value % scale;
  if (rest < scale / 10)
    return false;
  text = {phone_text::shape::digits,
          true,
          0,
          static_cast<std::uint8_t>(text.count - 2),
          rest};
  return true;
}

phone_reading read_digits(phone_text text, std::string_view country) {
  if (text.count == 0)
    return refuse("nothing but zeros", "Write the person's number.");
  // "+0 98765…" and "+00 91…" are a plus before what was already dialable.
  if (text.zeros == 2) {
    text.plus = true;
    text.zeros = 0;
  } else if (text.zeros == 1) {
    text.plus = false;
  } else if (text.zeros > 2) {
    return refuse("too many leading zeros", "Write + and the country code instead.");
  }
  if (text.plus)
    return read_with_plus(text);
  if (country == "IN")
    return read_in_india(text);
  if (is_north_american(country))
    return strip_011(text) ? read_with_plus(text) : read_in_north_america(text);
  if (text.count < 4)
    return refuse("too few digits", "Add the missing digits.");
  const auto domestic = read_domestic(text, country);
  if (domestic.ok() && domestic.issue != phone_issue::unusual)
    return domestic;
  if (text.zeros == 0 && text.count >= 11 && text.count <= 15) {
    const auto guess = guess_international(text.value);
    if (guess.ok())
      return guess;
  }
  return domestic;
}

} // namespace

std::optional<phone_number> phone_number::parse(std::string_view e164) {
  if (e164.size() < 8 || e164.size() > 16 || e164[0] != '+' || e164[1] == '0')
    return std::nullopt;
  std::uint64_t digits = 0;
  const auto* end = e164.data() + e164.size();
  const auto [stop, failure] = std::from_chars(e164.data() + 1, end, digits);
  if (failure != std::errc{} || stop != end)
    return std::nullopt;
  return from_digits(digits);
}

std::optional<phone_number> phone_number::from_digits(std::uint64_t digits) {
  if (digits < digits_min || digits > digits_max)
    return std::nullopt;
  return phone_number{digits};
}

std::string phone_number::str() const {
  return empty() ? std::string{} : '+' + std::to_string(digits_);
}

std::string phone_number::masked() const {
  auto text = str();
  const auto shown = 1 + std::to_string(calling_code()).size();
  for (std::size_t i = shown; i + 4 < text.size(); ++i)
    text[i] = '*';
  return text;
}

unsigned phone_number::calling_code() const noexcept {
  if (empty())
    return 0;
  auto leading = digits_;
  while (leading >= 1'000)
    leading /= 10;
  const auto code = static_cast<unsigned>(leading);
  const auto first = code / 100;
  if (first == 1 || first == 7)
    return first;
  // The calling codes of two digits; all others have three.
  constexpr unsigned two_digits[] = {20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41,
                                     43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54,
                                     55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66,
                                     81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98};
  return std::binary_search(std::begin(two_digits), std::end(two_digits), code / 10)
             ? code / 10
             : code;
}

std::string_view to_code(phone_issue issue) noexcept {
  switch (issue) {
  case phone_issue::none:
    return {};
  case phone_issue::missing:
    return "E_PHONE_MISSING";
  case phone_issue::invalid:
    return "E_PHONE_INVALID";
  case phone_issue::scientific:
    return "E_PHONE_SCIENTIFIC";
  case phone_issue::premium:
    return "E_PREMIUM";
  case phone_issue::landline:
    return "E_PHONE_LANDLINE";
  case phone_issue::unusual:
    return "W_PHONE_UNUSUAL";
  }
  return {};
}

phone_reading parse_phone(std::string_view text, std::string_view default_country) {
  const auto read = read_phone_text(text);
  switch (read.kind) {
  case phone_text::shape::digits:
    return read_digits(read, default_country);
  case phone_text::shape::nothing:
    return {{}, phone_issue::missing, "there is no number", "Write the person's number."};
  case phone_text::shape::letters:
    return refuse("it holds something other than a number",
                  "Keep only the number, without words or an extension.");
  case phone_text::shape::several:
    return refuse("more than one number in the cell", "Keep one number in the cell.");
  case phone_text::shape::too_many:
    return refuse("too many digits", "Keep one number in the cell.");
  case phone_text::shape::scientific:
    return {{},
            phone_issue::scientific,
            "a spreadsheet rounded the number, its last digits are lost",
            "Format the column as text in the spreadsheet, enter the number again and "
            "save the file as CSV."};
  }
  return {};
}

} // namespace caly
