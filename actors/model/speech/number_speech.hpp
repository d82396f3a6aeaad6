#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

// How numbers are said in "en" (as in India: lakh and crore), "hi" and "hinglish", whose
// speakers take the English words.

/// One of three texts by language; unknown languages take the English one.
std::string_view words_in(std::string_view language,
                          std::string_view english,
                          std::string_view hindi,
                          std::string_view hinglish);

/// `one lakh twenty-five thousand`, `एक लाख पच्चीस हज़ार`. From a hundred crore on, all is
/// counted in crores: `one lakh crore`.
std::string say_number(std::int64_t number, std::string_view language);

/// `third`, `तीसरा`; numbers below one and above 999 are said as they are.
std::string say_ordinal(std::int64_t number, std::string_view language);

/// `twenty twenty-six`, `दो हज़ार छब्बीस`.
std::string say_year(int year, std::string_view language);

/// A decimal number as it is written, `-12.05`: the digits behind the point one by one.
/// Anything else comes back as it is.
std::string say_decimal(std::string_view written, std::string_view language);

/// Digits one by one, a pause after each group of `group` digits; the last group takes
/// the rest when only one digit would be left. 0: no groups. Other characters are left
/// out.
std::string
say_digits(std::string_view digits, std::string_view language, std::size_t group = 0);

/// The same with groups that are there already.
std::string say_digit_groups(const std::vector<std::string>& groups,
                             std::string_view language);

} // namespace caly
