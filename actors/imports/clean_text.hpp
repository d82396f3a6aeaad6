#pragma once

#include <string>
#include <string_view>

namespace caly {

/// A name fit for display: control characters, invisible characters and those that turn
/// the direction of writing are gone, runs of white space are one space.
/// True when something other than white space was taken out.
bool clean_name(std::string_view text, std::string& out);

/// Whether a spreadsheet would run the cell as a formula: its first character, after
/// white space and quotes, is one of `= + - @ ; |`, a tab, a line break, or a full-width
/// form of `= + - @`.
bool begins_like_formula(std::string_view cell) noexcept;

/// As `begins_like_formula`, but plain numbers such as -5 or +91 98765 are none.
bool is_suspicious_formula(std::string_view cell) noexcept;

} // namespace caly
