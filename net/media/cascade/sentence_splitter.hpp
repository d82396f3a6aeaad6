#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// Cuts a growing text into pieces that can be spoken: whole sentences, and for the very
/// first one a clause, so that the agent begins to speak early. "3.5", "Rs. 500" and
/// "Dr. Rao" are no ends of sentences. A piece is at most `piece_max` bytes.
class sentence_splitter {
public:
  static constexpr std::size_t piece_max = 280;
  /// A comma ends the first piece from here on.
  static constexpr std::size_t clause_min = 24;

  /// The pieces that `more` completes.
  std::vector<std::string> add(std::string_view more);

  /// What is left, at the end of the text; empty when nothing is.
  std::string rest();

private:
  std::string text_;
  bool first_ = true;
};

} // namespace caly
