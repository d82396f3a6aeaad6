#pragma once

#include "runtime/console/command.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly {

/// The console's protocol: one JSON object a line, both ways.
///
/// `{"v":1,"id":7,"line":"ps --kind call"}` runs a line, `{"v":1,"id":7,"complete":"ps
/// --k"}` asks how it may go on, `{"v":1,"id":7,"cancel":true}` ends the run of that id.
/// A run is answered by any number of `{"final":false,"text":…}` and one
/// `{"final":true,…}` with `text` or, with `-o json`, `data`; or with `error` {code,
/// message, hint} and `exit`.
constexpr int console_protocol_version = 1;

struct console_request {
  enum class kind { line, complete, cancel };

  std::string id = "null"; ///< A JSON number or string, given back as it came.
  kind what = kind::line;
  std::string text;
};

/// Errors: `errc::invalid`.
caf::expected<console_request> parse_console_request(std::string_view text);

/// What a client sends for a line.
std::string console_request_for(std::int64_t id, std::string_view line);

/// The first thing a client reads.
std::string console_greeting(std::string_view node, console_level level);

std::string
console_part(const std::string& id, console_level level, std::string_view text);

/// With `raw_json` the text goes out as `data`. An `exit_code` other than 0 is an answer
/// all the same: what the command looked at is not as it should be.
std::string console_answer(const std::string& id,
                           console_level level,
                           std::string_view text,
                           bool raw_json,
                           int exit_code = 0);

std::string console_completions(const std::string& id,
                                console_level level,
                                const std::vector<std::string>& candidates);

std::string console_failure(const std::string& id,
                            console_level level,
                            const caf::error& reason,
                            std::string_view hint);

/// What a client exits with: 0 ok, 1 error, 2 usage, 3 not found, 4 auth, 5 conflict, 6
/// limit, 7 unavailable, 13 permission level.
int console_exit_code(const caf::error& reason);

} // namespace caly
