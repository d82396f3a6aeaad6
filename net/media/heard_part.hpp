#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caly {

/// The first `part` of `whole` of a text, cut between words and never within a letter.
std::string heard_part(std::string_view text, std::int64_t part, std::int64_t whole);

} // namespace caly
