#pragma once

#include "config/settings.hpp"

#include <caf/error.hpp>

#include <memory>
#include <string>

namespace caly {

/// One node of the cluster: everything that a process runs, put together.
///
/// Start order: logging, database (migrations), actor system, stores, carriers, calls,
/// region, HTTP server, membership. Stop runs it backwards.
class node {
public:
  explicit node(settings chosen);
  ~node();

  node(const node&) = delete;
  node& operator=(const node&) = delete;

  /// Answers when the node serves. Errors say what to mend.
  caf::error start();

  /// Leaves the cluster, lets requests end and stops all actors, within the shutdown
  /// deadline; past it the process ends the hard way, which is always safe.
  void stop();

  std::string render(const caf::error& reason) const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace caly
