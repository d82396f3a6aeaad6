#pragma once

#include "net/media/cascade/ports.hpp"
#include "runtime/base/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caly::openai {

/// Why a thought comes to nothing.
struct thought_problem {
  std::string why;
  bool worth_repeating = false;
};

/// What one streamed answer has said so far. Pure; one implementation for each of the two
/// wire formats.
class thought_reader {
public:
  static constexpr std::size_t words_bytes_max = 64 << 10;
  static constexpr std::size_t arguments_bytes_max = 64 << 10;
  static constexpr std::size_t tools_max = 16;

  virtual ~thought_reader() = default;

  /// Takes the data of one event and answers the words that it adds.
  std::string read(std::string_view data);
  /// Takes an answer that did not come as a stream.
  std::string read_whole(std::string_view body);

  /// The model has said everything.
  bool complete() const noexcept { return complete_; }

  /// Words or tools have come, although the end may be missing.
  bool anything() const noexcept { return words_bytes_ > 0 || !tools_.empty(); }

  const std::optional<thought_problem>& problem() const noexcept { return problem_; }

  /// In the order in which the model calls them.
  std::vector<mind_tool_call> take_tools();

protected:
  /// A tool call in the making; `place` tells apart those of one answer.
  struct open_tool {
    std::string place;
    mind_tool_call call;
  };

  virtual void read_event(const json& event) = 0;
  virtual void read_answer(const json& answer) = 0;

  void add_words(std::string_view words);
  /// The tool at `place`, begun if there is none. Null when there are too many.
  open_tool* tool_at(std::string_view place);
  void add_arguments(open_tool& tool, std::string_view piece);

  void finish() noexcept { complete_ = true; }

  void fail(std::string why, bool worth_repeating);
  /// An error object as both formats know it.
  void fail(const json& error);

private:
  std::string read(std::string_view text, void (thought_reader::*take)(const json&));

  std::string fresh_words_;
  std::size_t words_bytes_ = 0;
  std::vector<open_tool> tools_;
  std::optional<thought_problem> problem_;
  bool complete_ = false;
};

/// Whether an answer with this status, and with this error code in its body, may be
/// another one in a moment.
bool worth_repeating(int status, std::string_view code);

/// What the body of a refused request says, for people.
thought_problem read_refusal(int status, std::string_view body);

} // namespace caly::openai
