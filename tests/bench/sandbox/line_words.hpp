#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caly::bench {

/// How far the caller is with the words of a turn.
enum class saying : std::uint8_t { nothing, begun, settled };

/// What a frame of the caller's line means to the bench's ear: which call it is of, and
/// what is said on it.
struct line_words {
  std::uint32_t call = 0; ///< Below 1,048,576.
  std::uint32_t turn = 0; ///< Below 4,096.
  saying what = saying::nothing;

  friend bool operator==(const line_words&, const line_words&) = default;
};

inline constexpr std::size_t frame_bytes = 160;

/// 20 ms of a quiet line in µ-law that carry `words`.
std::string frame_of(const line_words& words, std::uint32_t noise);

/// Nothing: such a frame carries no words.
std::optional<line_words> words_in(std::string_view frame);

/// A word of letters that stands for a turn in everything that is written of it.
std::string name_of(std::uint32_t call, std::uint32_t turn);

/// The last such word of a text.
std::optional<line_words> last_named(std::string_view text);

} // namespace caly::bench
