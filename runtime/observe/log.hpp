#pragma once

#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace caly {

struct log_options {
  std::string file;                                   ///< Empty: to stderr.
  std::size_t file_bytes_max = std::size_t{64} << 20; ///< Then the file is rotated.
  std::size_t files_max = 5;                          ///< Rotated files that are kept.
  std::size_t queue_max = 8'192;                      ///< Lines; beyond it the oldest go.
  std::string level = "info"; ///< trace, debug, info, warn, error, off
  std::string node;           ///< Stands in every line.
};

/// Makes spdlog's default logger write JSON lines (`to_log_line`) from a thread of its
/// own. Logging never blocks the caller: when the queue is full its oldest line is
/// dropped. Errors: `errc::invalid` for the level, `errc::unavailable` for the file.
caf::error start_logging(const log_options& settings);

/// Writes what is queued and goes back to spdlog's own default. Safe to call twice.
void stop_logging();

/// Changes the level from now on, of everything (`area` empty) or of the messages that
/// begin with `area:`. With a time the change ends by itself; at most 64 areas.
/// Errors: `errc::invalid`, `errc::overloaded`.
caf::error set_log_level(std::string_view level,
                         std::string_view area = {},
                         std::chrono::seconds lasts = std::chrono::seconds{0});

struct log_level_entry {
  std::string area; ///< Empty: everything else.
  std::string level;
  std::chrono::seconds left{0}; ///< Zero: until changed.
};

/// The levels in force.
std::vector<log_level_entry> log_levels();

/// The last lines, oldest first; the node keeps 500.
std::vector<std::string> log_tail(std::size_t lines_max);

/// Lines dropped because the queue was full.
std::size_t log_lines_lost();

/// Puts `id` into every line that this thread logs within the scope. Actors have theirs
/// from their label (`actor_label::correlation_id`).
class correlation_scope {
public:
  explicit correlation_scope(std::string id);
  ~correlation_scope();
  correlation_scope(const correlation_scope&) = delete;
  correlation_scope& operator=(const correlation_scope&) = delete;

private:
  std::string outer_;
};

} // namespace caly
