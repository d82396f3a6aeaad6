#pragma once

#include "actors/model/ids.hpp"
#include "runtime/base/clock.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caly {

/// Something that happened, as browsers get it.
struct live_event {
  /// Rises within a tenant. It is made from the time, so that it means about the same on
  /// every node.
  std::uint64_t seq = 0;
  std::string type;
  /// What this is about. Of events of one type and subject only the last one matters when
  /// they come faster than eyes can follow; empty: each one matters.
  std::string subject;
  std::string text; ///< the whole event, JSON: type, at, seq, data
};

using live_event_ptr = std::shared_ptr<const live_event>;

/// Passes the events of tenants to those who listen and keeps the last ones of each for
/// those who come back. Thread-safe; publishing never waits for a listener.
class event_hub {
public:
  static constexpr std::size_t history_max = 1000;
  static constexpr std::size_t tenants_max = 2000;

  using listener = std::function<void(const live_event_ptr&)>;

  explicit event_hub(wall_clock clock = system_wall_clock()) : clock_{std::move(clock)} {}

  /// `data` is a JSON object; anything else is dropped.
  void publish(const tenant_id& tenant, std::string_view type, std::string_view data);

  /// Publishes a notification of the database channel `caly_event`:
  /// `{type, tenant, call?, campaign?, status?}`, where ids are UUIDs.
  void publish_notification(std::string_view payload);

  /// The events after `seq`, oldest first, at most `limit`.
  std::vector<live_event_ptr> after(const tenant_id& tenant,
                                    std::uint64_t seq,
                                    std::size_t limit = history_max) const;

  /// Calls `heard` for each new event, on the publisher's thread, until the result is
  /// gone. `heard` must only hand the event over.
  std::shared_ptr<void> subscribe(const tenant_id& tenant, listener heard);

private:
  struct channel {
    std::deque<live_event_ptr> history;
    std::uint64_t last_seq = 0;
    std::vector<std::weak_ptr<listener>> listeners;
  };

  void make_room();

  wall_clock clock_;
  mutable std::mutex mutex_;
  std::unordered_map<tenant_id, channel> channels_;
};

} // namespace caly
