#pragma once

#include "cluster/client/failure.hpp"
#include "runtime/base/json.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace caly::client {

/// What a line was answered with.
struct console_result {
  std::string text;
  std::string data; ///< JSON, when that was asked for
  std::string level;
  exit_code exit = exit_code::ok; ///< `error` where what was checked does not hold
};

/// A connection to the console of a node. Blocks; one command at a time.
class console_client {
public:
  /// Opens `host:port` and shows the token. Errors: `unavailable`, `unauthorized`.
  static outcome<console_client>
  open(const std::string& address, const std::string& token, const std::string& user);

  console_client(console_client&& other) noexcept;
  console_client& operator=(console_client&& other) noexcept;
  ~console_client();

  /// Runs a line; `on_part` gets what is shown before the end. Once `stop` is true the
  /// run is cancelled. Errors: those of the console, `unavailable` when the connection
  /// breaks.
  outcome<console_result> run(const std::string& line,
                              const std::function<void(const std::string&)>& on_part,
                              const std::atomic<bool>* stop = nullptr);

  /// How `begun` may go on.
  std::vector<std::string> complete(const std::string& begun);

  const std::string& node() const { return node_; }

  const std::string& level() const { return level_; }

private:
  console_client() = default;

  outcome<json> read_line(std::chrono::milliseconds limit, const std::atomic<bool>* stop);
  outcome<void> write_line(const std::string& line);

  int fd_ = -1;
  std::string in_;
  std::string node_;
  std::string level_ = "observe";
  std::int64_t next_id_ = 1;
};

/// The line with ` -o FORMAT` behind its command, unless it chose one itself.
std::string with_format(const std::string& line, const std::string& format);

/// What the console said of an error.
failure failure_of(const json& answer);

} // namespace caly::client
