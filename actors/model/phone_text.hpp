#pragma once

#include <cstdint>
#include <string_view>

namespace caly {

/// The digits of a text that should be a telephone number, freed of all decoration.
struct phone_text {
  enum class shape : std::uint8_t {
    digits,     ///< `plus`, `zeros`, `count` and `value` hold the number.
    nothing,    ///< No digit.
    letters,    ///< Something that no telephone number contains.
    several,    ///< A separator that stands between two numbers.
    too_many,   ///< More digits than any number has.
    scientific, ///< 9.19877E+11: digits are lost.
  };

  shape kind = shape::nothing;
  bool plus = false;       ///< Began with `+`.
  std::uint8_t zeros = 0;  ///< Leading zeros.
  std::uint8_t count = 0;  ///< Digits after the leading zeros, at most 18.
  std::uint64_t value = 0; ///< Those digits.
};

/// Never allocates. Plain ASCII takes one pass; other scripts, prefixes such as `tel:`,
/// and what spreadsheets make of numbers take a second one.
phone_text read_phone_text(std::string_view text) noexcept;

} // namespace caly
