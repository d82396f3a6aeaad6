#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caly {

enum class text_encoding : std::uint8_t {
  undecided, ///< Plain ASCII so far.
  utf8,
  utf8_bom,
  utf16_le,
  utf16_be,
  windows_1252, ///< A guess: bytes that are not UTF-8.
};

/// "UTF-8", "UTF-16LE", "windows-1252" …; ASCII counts as UTF-8.
std::string_view to_string(text_encoding encoding) noexcept;

bool is_valid_utf8(std::string_view text) noexcept;

/// `text` with every broken sequence replaced by U+FFFD.
std::string to_valid_utf8(std::string_view text);

/// The next code point of valid UTF-8 text; broken bytes become U+FFFD. Advances `at`.
char32_t next_code_point(std::string_view text, std::size_t& at) noexcept;

void append_utf8(std::string& out, char32_t c);

/// Finds the encoding of a file as it streams by and converts it to UTF-8.
///
/// A byte order mark decides; without one, zero bytes on one side of each pair mean
/// UTF-16. Otherwise the first block that is not plain ASCII decides: with more broken
/// sequences than right ones the file is taken for Windows-1252, else for UTF-8, and
/// broken bytes in it stay, so that the rows that hold them can be told apart.
class text_decoder {
public:
  /// Appends the UTF-8 form of the next bytes. Blocks of one file must be cut at fixed
  /// offsets, for the decision may depend on the cuts; `last` ends the text.
  /// False when this is no text; `refusal()` says what it seems to be.
  bool decode(std::string_view block, bool last, std::string& out);

  text_encoding encoding() const noexcept { return encoding_; }

  std::string_view refusal() const noexcept { return refusal_; }

private:
  bool inspect_start(std::string_view& block);
  bool decode_bytes(std::string_view block, bool last, std::string& out);
  bool decode_utf16(std::string_view block, bool last, std::string& out);
  bool refuse(std::string_view why);

  text_encoding encoding_ = text_encoding::undecided;
  std::string_view refusal_;
  bool started_ = false;
  std::string carry_; ///< The beginning of a sequence that a cut divided.
  char32_t high_surrogate_ = 0;
};

} // namespace caly
