#pragma once

#include "runtime/base/clock.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caly {

/// Something that somebody should look at, while it lasts.
struct alarm {
  std::string name;    ///< one of `alarm_kinds`
  std::string subject; ///< what it is about: a node, a provider, a folder
  std::string text;
  std::int64_t since_ms = 0; ///< Unix time at which this node first saw it

  template <class Inspector>
  friend auto inspect(Inspector& f, alarm& x) {
    return f(caf::meta::type_name("caly.alarm"), x.name, x.subject, x.text, x.since_ms);
  }
};

struct alarm_kind {
  std::string_view name;
  std::string_view runbook; ///< a page of cluster/runbooks, without `.md`
  /// What must last for so long before it is told.
  std::chrono::seconds patience;
};

/// All alarms there are.
std::span<const alarm_kind> alarm_kinds();

/// The runbook of an alarm; empty for an unknown name.
std::string_view runbook_of(std::string_view name);

/// Remembers since when each condition holds.
class alarm_book {
public:
  struct change {
    std::vector<alarm> raised;
    std::vector<alarm> over;
  };

  /// `seen` are all conditions that hold now; their `since_ms` is not read. Tells which
  /// alarms begin and end with that.
  change update(std::vector<alarm> seen, wall_time now);

  /// What has lasted long enough, the oldest first.
  std::vector<alarm> raised() const;

private:
  struct entry {
    alarm what;
    bool raised = false;
  };

  std::map<std::pair<std::string, std::string>, entry> entries_; // by name and subject
};

} // namespace caly
