#pragma once

#include "actors/api/records.hpp"
#include "cluster/links/links.hpp"
#include "runtime/console/session.hpp"
#include "runtime/observe/spawn.hpp"

#include <map>
#include <string>

namespace caly {

/// What the desk cannot know when it starts: the links to other nodes and the console of
/// its own. Either may be null and keeps what was known.
struct desk_opened {
  links_actor links;
  caf::actor console;

  template <class Inspector>
  friend auto inspect(Inspector& f, desk_opened& x) {
    return f(caf::meta::type_name("caly.desk_opened"), x.links, x.console);
  }
};

/// Runs a line at the console of a node, also of this one.
struct forward_line {
  std::string node;
  console_run run;

  template <class Inspector>
  friend auto inspect(Inspector& f, forward_line& x) {
    return f(caf::meta::type_name("caly.forward_line"), x.node, x.run);
  }
};

/// Keeps an entry in the platform's audit log.
struct keep_audit {
  console_audit_entry entry;

  template <class Inspector>
  friend auto inspect(Inspector& f, keep_audit& x) {
    return f(caf::meta::type_name("caly.keep_audit"),
             x.entry.user,
             x.entry.node,
             x.entry.level,
             x.entry.reason,
             x.entry.line);
  }
};

/// The CONSOLE DESK knows the cluster as this node last saw it and reaches the consoles
/// of the other nodes. It never waits for anybody before it tells what it knows.
using console_desk_actor =
    caf::typed_actor<caf::reacts_to<desk_opened>,
                     caf::reacts_to<view_changed>,
                     caf::replies_to<list_peers>::with<peer_list>,
                     // The answer is a line of the protocol. Errors: `not_found` (no such
                     // node), `unavailable` (not linked, or no answer in time).
                     caf::replies_to<forward_line>::with<std::string>,
                     // Errors: `unavailable`.
                     caf::replies_to<keep_audit>::with<bool>,
                     caf::replies_to<get_status>::with<status_report>>;

struct console_desk_state {
  peer_list known;
  links_actor links;
  caf::actor console;
  std::uint64_t forwarded_total = 0;
  std::uint64_t audits_total = 0;
};

/// `node` is the name of this node.
console_desk_actor::behavior_type
console_desk(self_ptr<console_desk_actor, console_desk_state> self,
             std::string node,
             records_actor records);

} // namespace caly
