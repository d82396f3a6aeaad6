#pragma once

#include "storage/pg/connection.hpp"

#include <functional>
#include <memory>
#include <string>

namespace caly {

/// Listens on the database's channel `caly_event` on a thread and a connection of its
/// own. Notifications are hints: those sent while it reconnects are lost.
class event_listener {
public:
  event_listener(pg::connection_options options,
                 std::function<void(const std::string& payload)> heard);
  ~event_listener();

  event_listener(const event_listener&) = delete;
  event_listener& operator=(const event_listener&) = delete;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace caly
