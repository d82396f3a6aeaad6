#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

namespace caly {

/// What to trace and when to stop by itself. A trace can never flood a node: whichever
/// bound is reached first ends it.
struct trace_options {
  std::size_t lines_max = 50;             ///< 1 to 1000
  std::chrono::seconds duration_max{30};  ///< 1 to 300
  std::size_t lines_per_second_max = 200; ///< 1 to 1000
  bool in = true;                         ///< Messages that the actor handles.
  bool out = true;                        ///< Messages that it sends to observed actors.
  bool payload = false;                   ///< Contents too, redacted and cut.
  std::string type;                       ///< Only this message type; empty means all.
};

/// Where the lines of one trace gather until somebody takes them. Thread-safe.
class trace_buffer {
public:
  using time_point = std::chrono::steady_clock::time_point;

  trace_buffer(trace_options options, time_point now);

  const trace_options& options() const noexcept { return options_; }

  /// Keeps a line; answers false once the trace has stopped.
  bool add(std::string line, time_point now);

  /// Ends the trace for `reason`; later stops change nothing.
  void stop(std::string reason);

  /// The lines that came since the last call.
  std::vector<std::string> take(time_point now);

  bool stopped(time_point now);

  /// Why it stopped, or nothing while it runs.
  std::string stop_reason() const;

private:
  void check_age(time_point now);

  const trace_options options_;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::size_t added_ = 0;
  std::string stop_reason_;
  time_point ends_;
  time_point second_began_;
  std::size_t added_this_second_ = 0;
};

} // namespace caly
