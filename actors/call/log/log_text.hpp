#pragma once

#include "actors/api/call_log.hpp"
#include "actors/call/call.hpp"
#include "actors/call/log/call_recorder.hpp"

#include <string>
#include <variant>

namespace caly::call_logs {

/// Counts up when an older reader could not read it.
constexpr std::int64_t log_format = 1;

struct log_limits {
  std::size_t steps_max = 5'000;
  std::size_t bytes_max = 1 << 20;
};

/// What a call's actor depends on beside its messages.
struct log_header {
  const std::variant<start_call, call_sheet>& start;
  const call_options& options;
  const call_ports& ports;
  std::int64_t began_at_ms = 0;
  std::string correlation_id{}; ///< that the actor tells its carrier
};

/// Writes a log as the steps come. Past its bounds steps are counted and left out.
class log_text {
public:
  log_text(const log_header& header, log_names& names, log_limits limits = {});

  void add(const call_step& step);

  /// True when the log became twice as long as when it was asked for last: worth keeping
  /// should the node die. So all that is kept is less than twice the log.
  bool grown();

  /// The log so far. `ended`: why the actor did, as an error's text, `done` or `not yet`.
  keep_call_log finish(const std::string& ended) const;

private:
  const log_limits limits_;
  keep_call_log out_;
  std::string text_;
  std::int64_t at_ms_ = 0;
  std::uint32_t steps_ = 0;
  std::uint32_t left_out_ = 0;
  std::uint32_t grown_at_ = 16; ///< steps
};

} // namespace caly::call_logs
