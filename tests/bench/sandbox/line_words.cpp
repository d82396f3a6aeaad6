#include "tests/bench/sandbox/line_words.hpp"

namespace caly::bench {

namespace {

constexpr int call_digits = 5;
constexpr int turn_digits = 3;
constexpr int digits = call_digits + turn_digits + 1;

/// Codes of which all are quiet: their low half says something, their high half nothing.
constexpr unsigned quiet = 0xf0;

/// Digits of 16 as letters that make up no word.
constexpr std::string_view letters = "bcdfghjklmnpqrst";
constexpr std::string_view prefix = "zvw";

std::uint64_t number_of(const line_words& words) {
  return ((std::uint64_t{words.call} << (4 * turn_digits) | words.turn) << 4) |
         static_cast<std::uint64_t>(words.what);
}

line_words words_of(std::uint64_t number) {
  return {static_cast<std::uint32_t>(number >> (4 * (turn_digits + 1))),
          static_cast<std::uint32_t>(number >> 4) & 0xfffU,
          static_cast<saying>(number & 0xfU)};
}

} // namespace

std::string frame_of(const line_words& words, std::uint32_t noise) {
  std::string out(frame_bytes, '\0');
  auto number = number_of(words);
  for (int i = digits - 1; i >= 0; --i, number >>= 4)
    out[static_cast<std::size_t>(i)] = static_cast<char>(quiet | (number & 0xfU));
  for (std::size_t i = digits; i < out.size(); ++i) {
    noise = noise * 1'664'525U + 1'013'904'223U;
    out[i] = static_cast<char>(quiet | (noise >> 28));
  }
  return out;
}

std::optional<line_words> words_in(std::string_view frame) {
  std::uint64_t number = 0;
  if (frame.size() < digits)
    return std::nullopt;
  for (const auto code : frame.substr(0, digits)) {
    const auto value = static_cast<unsigned char>(code);
    if ((value & quiet) != quiet)
      return std::nullopt;
    number = number << 4 | (value & 0xfU);
  }
  if ((number & 0xfU) > static_cast<unsigned>(saying::settled))
    return std::nullopt;
  return words_of(number);
}

std::string name_of(std::uint32_t call, std::uint32_t turn) {
  std::string out{prefix};
  const auto number = number_of({call, turn}) >> 4;
  for (int i = call_digits + turn_digits - 1; i >= 0; --i)
    out += letters[number >> (4 * i) & 0xfU];
  return out;
}

std::optional<line_words> last_named(std::string_view text) {
  const auto at = text.rfind(prefix);
  if (at == std::string_view::npos)
    return std::nullopt;
  const auto name = text.substr(at + prefix.size(), call_digits + turn_digits);
  std::uint64_t number = 0;
  for (const auto letter : name) {
    const auto digit = letters.find(letter);
    if (digit == std::string_view::npos)
      return std::nullopt;
    number = number << 4 | digit;
  }
  return words_of(number << 4);
}

} // namespace caly::bench
