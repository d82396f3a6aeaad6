#pragma once

#include <caf/expected.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace caly {

/// Whether the recogniser can pronounce a word (lower case, may have an apostrophe).
using known_word = std::function<bool(std::string_view)>;

/// How a pattern becomes something that a recogniser can listen for.
struct pattern_rules {
  known_word knows;
  /// What may stand for `( \S+){0,n}` within and at the end of a pattern, as JSGF.
  std::string filler;
  std::string tail;
};

/// The sentences of an RE2 pattern over words as a JSGF expression. Alternatives with
/// words that are not known, or with any word at all where one must be, are left out.
/// Understands what agents use: letters, groups, `|`, `?`, `{0,n}`, `\S+` and `[1-5]`.
/// Errors: `invalid`, with what cannot be heard of it: more than 1,000 characters, deeper
/// than 20 groups, something else of RE2, no alternative left.
caf::expected<std::string> pattern_to_jsgf(std::string_view pattern,
                                           const pattern_rules& rules);

/// A word as the dictionary spells it (`dont` is don't), or several spellings in
/// brackets; empty when it knows none.
std::string spelling_of(std::string_view word, const known_word& knows);

} // namespace caly
