#pragma once

#include "actors/api/records.hpp"
#include "cluster/alarms/alarm_book.hpp"
#include "cluster/links/links.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/spawn.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace caly {

/// The alarms of this node, the oldest first.
struct list_alarms {
  template <class Inspector>
  friend auto inspect(Inspector& f, list_alarms&) {
    return f(caf::meta::type_name("caly.list_alarms"));
  }
};

struct alarm_list {
  std::vector<alarm> alarms;

  template <class Inspector>
  friend auto inspect(Inspector& f, alarm_list& x) {
    return f(caf::meta::type_name("caly.alarm_list"), x.alarms);
  }
};

/// Time to look around.
struct look_around {
  template <class Inspector>
  friend auto inspect(Inspector& f, look_around&) {
    return f(caf::meta::type_name("caly.look_around"));
  }
};

/// The ALARM WATCH of a node looks every two seconds at what this node knows without
/// waiting for anybody, and every ten seconds at the rows. It logs what begins and ends,
/// and shows it as the gauge `caly_alarm`.
using alarm_watch_actor =
    caf::typed_actor<caf::reacts_to<look_around>,
                     caf::replies_to<list_alarms>::with<alarm_list>,
                     caf::replies_to<get_status>::with<status_report>>;

/// Whoever knows the cluster as this node last saw it, and tells at once.
using peer_source = caf::typed_actor<caf::replies_to<list_peers>::with<peer_list>>;

struct alarm_watch_options {
  std::chrono::milliseconds interval{2'000};
  std::uint64_t looks_per_rows = 5;   ///< the rows are asked at every n-th look
  std::chrono::seconds patience{300}; ///< of work that should pass
  std::vector<std::string> folders;   ///< whose disks are watched
  wall_clock clock;
};

struct alarm_watch_state {
  alarm_book book;
  peer_list known;
  json facts;                                  ///< null: not known
  std::string database_away;                   ///< why; empty: it answers
  std::map<std::string, std::string> circuits; ///< of providers by path: open, …
  std::uint64_t looks_total = 0;
};

alarm_watch_actor::behavior_type
alarm_watch(self_ptr<alarm_watch_actor, alarm_watch_state> self,
            alarm_watch_options options,
            peer_source peers,
            records_actor records);

} // namespace caly
