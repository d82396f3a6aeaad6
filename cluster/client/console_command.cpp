#include "cluster/client/console_command.hpp"

#include "cluster/client/interrupt.hpp"
#include "runtime/base/text.hpp"
#include "runtime/console/line.hpp"

#include <cstdlib>
#include <iostream>
#include <thread>
#include <unistd.h>

namespace caly::client {

namespace {

using namespace std::chrono_literals;

constexpr auto watch_interval_min = std::chrono::milliseconds{500};

std::string user_name() {
  for (const auto* name : {"CALY_USER", "USER", "LOGNAME"})
    if (const auto* value = std::getenv(name); value != nullptr && *value)
      return one_line(value, 32);
  return "console";
}

void print(const console_result& result) {
  const auto& text = result.data.empty() ? result.text : result.data;
  std::cout << text;
  if (!text.empty() && text.back() != '\n')
    std::cout << '\n';
  std::cout.flush();
}

outcome<console_result> run_once(console_client& console,
                                 const std::string& line,
                                 const std::atomic<bool>& stop) {
  auto result = console.run(
      line, [](const std::string& part) { std::cout << part << std::endl; }, &stop);
  if (result)
    print(*result);
  return result;
}

exit_code complain(const failure& reason, const out_options& out) {
  std::cerr << render_failure(reason, out.color);
  return reason.exit;
}

/// `watch 2s cluster`: cuts the words in front of the line off.
std::chrono::milliseconds take_watch(std::string& line) {
  if (!line.starts_with("watch "))
    return 0ms;
  auto rest = std::string{trim(std::string_view{line}.substr(6))};
  auto interval = std::chrono::milliseconds{2s};
  const auto space = rest.find(' ');
  if (const auto given = parse_time(std::string_view{rest}.substr(0, space))) {
    interval = std::max(*given, watch_interval_min);
    rest = space == std::string::npos
               ? std::string{}
               : std::string{trim(std::string_view{rest}.substr(space))};
  }
  line = std::move(rest);
  return interval;
}

} // namespace

outcome<console_client> open_console(const target_options& target) {
  const auto found = find_endpoints(target);
  if (!found)
    return found.error();
  if (found->consoles.empty())
    return failure{exit_code::usage,
                   "invalid",
                   "which console?",
                   "--state DIR, or --connect HOST:PORT with --token-file FILE"};
  if (found->console_token.empty())
    return failure{exit_code::auth,
                   "unauthorized",
                   "no token for the console",
                   "--token-file FILE holds settings console.token"};
  failure last;
  for (const auto& address : found->consoles) {
    auto console = console_client::open(address, found->console_token, user_name());
    if (console || console.error().exit != exit_code::unavailable)
      return console;
    last = console.error();
  }
  return last;
}

exit_code run_line(console_client& console,
                   const std::string& line,
                   const std::string& format,
                   const out_options& out) {
  auto text = line;
  const auto interval = take_watch(text);
  const interrupt_watch interrupt;
  for (;;) {
    if (interval.count() > 0 && out.terminal)
      std::cout << "\x1b[H\x1b[2J";
    const auto done = run_once(console, with_format(text, format), interrupt.pressed());
    if (!done)
      return complain(done.error(), out);
    if (interval.count() == 0)
      return done->exit;
    for (auto waited = 0ms; waited < interval && !interrupt.pressed(); waited += 50ms)
      std::this_thread::sleep_for(50ms);
    if (interrupt.pressed())
      return exit_code::ok;
  }
}

exit_code run_console(const console_command& command,
                      const target_options& target,
                      const out_options& out) {
  auto console = open_console(target);
  if (!console)
    return complain(console.error(), out);
  if (!command.lines.empty()) {
    for (const auto& line : command.lines)
      if (const auto code = run_line(*console, line, command.format, out);
          code != exit_code::ok)
        return code;
    return exit_code::ok;
  }
  if (isatty(STDIN_FILENO) == 1)
    return run_dialog(std::move(*console), command.format, out);
  // A script on standard input.
  std::string line;
  while (std::getline(std::cin, line))
    if (const auto code = run_line(*console, line, command.format, out);
        code != exit_code::ok)
      return code;
  return exit_code::ok;
}

} // namespace caly::client
