#pragma once

#include "actors/model/phone_number.hpp"
#include "actors/model/phone_text.hpp"

namespace caly {

/// A ten-digit number of India, by rule: mobiles at once, landlines checked against
/// libphonenumber, service and telemarketer series refused.
phone_reading read_indian(std::uint64_t national);

/// A ten-digit number of the North American plan, by rule.
phone_reading read_north_american(std::uint64_t national);

/// Whether `iso` is a country of the North American plan (+1).
bool is_north_american(std::string_view iso) noexcept;

/// Whether ten digits can be an Indian mobile number.
constexpr bool looks_indian_mobile(std::uint64_t national) {
  return national >= 6'000'000'000 && national <= 9'999'999'999;
}

/// Whether ten digits can be a number of the North American plan.
bool looks_north_american(std::uint64_t national) noexcept;

/// Any other number, with its calling code, through libphonenumber.
phone_reading read_international(std::uint64_t digits);

/// As `read_international`, for digits that only may be international: nothing less
/// than a valid number will do.
phone_reading guess_international(std::uint64_t digits);

/// A number as people of `country` write it, through libphonenumber.
phone_reading read_domestic(const phone_text& text, std::string_view country);

} // namespace caly
