#pragma once

#include "config/settings.hpp"

#include <caf/error.hpp>

#include <memory>
#include <string>

namespace caly {

/// One node of the cluster: everything that a process runs, put together.
///
/// Start order: logging, admission, database (migrations), actor system, stores,
/// carriers, calls, region, HTTP server, membership. Stop runs it backwards.
class node {
public:
  explicit node(settings chosen);
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Answers when the node serves. Errors say what to mend.
  caf::error start();

  /// Somebody wishes that the node ends. The first wish makes it drain: /ready says no,
  /// its shards go to others, its calls talk on for at most `cluster.drain_deadline`.
  /// Each further one leaves ten seconds at most. From any thread.
  void wish_end();

  /// True when a wished end may come: no call and no shard is left, or time is up.
  bool may_end();

  /// Leaves the cluster, lets requests end and stops all actors, within the shutdown
  /// deadline; past it the process ends the hard way, which is always safe. The process
  /// ends with `exit_code`.
  [[noreturn]] void stop(int exit_code);

  std::string render(const caf::error& reason) const;

  /// What the process ends with after a failed start: 78 where only other settings or
  /// another build help, so that nobody starts it again and again.
  static int exit_code(const caf::error& reason);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace caly
