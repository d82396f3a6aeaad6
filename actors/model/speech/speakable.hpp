#pragma once

#include <string>
#include <string_view>

namespace caly {

/// `text` as a voice should say it: amounts, dates, times, percentages, telephone
/// numbers, PIN codes, numbers of orders, e-mail addresses and plain numbers become words
/// of the language that the text is written in, `language` ("en", "hi", "hinglish") where
/// it does not tell. All else stays as it is. The transcript keeps the text as it was.
std::string speakable(std::string_view text, std::string_view language);

} // namespace caly
