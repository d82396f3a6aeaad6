#pragma once

#include <caf/expected.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

struct console_command;

/// One word of a line. A quoted word is never a flag or a pipe.
struct console_word {
  std::string text;
  bool quoted = false;
};

/// A line cut at its pipes: the command, then the filters, each with at least one word.
struct console_line {
  std::vector<console_word> command;
  std::vector<std::vector<std::string>> filters;
};

/// Cuts a line of at most 4096 bytes and 64 words. Words end at spaces; "…" knows `\"`
/// and
/// `\\`, '…' takes everything as it is. An empty line has an empty command.
/// Errors: `errc::invalid`.
caf::expected<console_line> parse_console_line(std::string_view text);

/// What a command was called with.
class console_args {
public:
  std::vector<std::string> words; ///< Behind the command's name.
  std::map<std::string, std::string> flags;
  std::set<std::string> switches;

  bool has(const std::string& name) const { return switches.count(name) != 0; }

  std::string text(const std::string& flag, std::string fallback = {}) const;

  /// The n-th word or nothing.
  std::string word(std::size_t n) const { return n < words.size() ? words[n] : ""; }

  /// Errors: `errc::invalid` outside of `min` to `max`.
  caf::expected<std::int64_t> integer(const std::string& flag,
                                      std::int64_t fallback,
                                      std::int64_t min,
                                      std::int64_t max) const;

  /// `500ms`, `30s`, `10m`, `2h`. Errors: `errc::invalid`, also beyond `max`.
  caf::expected<std::chrono::milliseconds> time(const std::string& flag,
                                                std::chrono::milliseconds fallback,
                                                std::chrono::milliseconds max) const;
};

/// Sorts the words behind the command's name into words, flags and switches, as the
/// command declares them. Errors: `errc::invalid`, with the usage.
caf::expected<console_args> parse_console_args(const console_command& command,
                                               const std::vector<console_word>& words);

/// Errors: `nullopt` for anything but a number with one of the units ms, s, m, h.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);

} // namespace caly
