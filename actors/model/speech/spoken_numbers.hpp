#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// The value 0..99 of a folded number word in English, Hindi (either script) or digits.
std::optional<int> number_word(std::string_view folded_word);

/// The first number in folded text: `pacchis`, `twenty five`, `dedh lakh`, `1.5 crore`,
/// `80k`, `do hazaar paanch sau`. Fractions are kept: `dhai` is 2.5.
std::optional<double> find_number(std::string_view folded);

/// The longest run of spoken or written digits: `nine eight double two`, `98 76`,
/// `chaar paanch do ek`. Empty when there is none.
std::string find_digits(std::string_view folded);

} // namespace caly
