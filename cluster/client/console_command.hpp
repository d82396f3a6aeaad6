#pragma once

#include "cluster/client/console_client.hpp"
#include "cluster/client/endpoints.hpp"
#include "cluster/client/terminal.hpp"

#include <string>
#include <vector>

namespace caly::client {

/// `caly console`: the lines of `-c` one after the other, or a dialog.
struct console_command {
  std::vector<std::string> lines;
  std::string format; ///< table, wide, json, csv
};

/// Connects to the first console that answers.
outcome<console_client> open_console(const target_options& target);

/// Runs one line and prints its answer. `watch 2s <line>` repeats until Ctrl-C.
exit_code run_line(console_client& console,
                   const std::string& line,
                   const std::string& format,
                   const out_options& out);

/// Exits with the code of the first line that fails.
exit_code run_console(const console_command& command,
                      const target_options& target,
                      const out_options& out);

/// Asks for lines until the end of the input or `exit`.
exit_code
run_dialog(console_client console, const std::string& format, const out_options& out);

} // namespace caly::client
