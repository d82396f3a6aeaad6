#pragma once

#include "runtime/base/clock.hpp"
#include "runtime/console/command.hpp"
#include "runtime/observe/status.hpp"

#include <caf/actor.hpp>
#include <caf/expected.hpp>
#include <caf/meta/type_name.hpp>
#include <caf/typed_actor.hpp>

#include <functional>
#include <memory>
#include <string>

namespace caly {

/// Who is about to do what, told before it happens.
struct console_audit_entry {
  std::string user;
  std::string node; ///< Where it will happen.
  console_level level = console_level::observe;
  std::string reason;
  std::string line; ///< Redacted.
};

/// Keeps an entry for good and then calls `done`, from any thread. The command runs only
/// if `done` is called without an error.
using console_audit =
    std::function<void(console_audit_entry entry, std::function<void(caf::error)> done)>;

/// A line for another node, sent after its audit.
struct console_run {
  std::string user;
  console_level level = console_level::observe;
  std::string reason;
  std::string request; ///< A request of the protocol.

  template <class Inspector>
  friend auto inspect(Inspector& f, console_run& x) {
    return f(
        caf::meta::type_name("caly.console_run"), x.user, x.level, x.reason, x.request);
  }
};

/// Brings a line to another node and its answer (a line of the protocol) back, from any
/// thread.
using console_forward =
    std::function<void(const std::string& node,
                       console_run run,
                       std::function<void(caf::expected<std::string>)> done)>;

/// What all sessions of a node share.
struct console_options {
  std::shared_ptr<const console_registry> commands;
  std::string node;
  console_audit audit;     ///< Without it nothing above `observe` runs.
  console_forward forward; ///< Without it `--node` only takes this node.
};

/// A request line of the protocol for a session.
struct console_input {
  std::string request;

  template <class Inspector>
  friend auto inspect(Inspector& f, console_input& x) {
    return f(caf::meta::type_name("caly.console_input"), x.request);
  }
};

/// Spawns the actor of one client. Send it `console_input` for every line that the client
/// writes, and an exit message when the client is gone. `out` gets every line for the
/// client without the line feed, on the actor's thread; it must not block.
///
/// `level_max` is what the user may elevate to. Elevation ends after 15 minutes.
caf::actor spawn_console_session(caf::local_actor* parent,
                                 console_options settings,
                                 std::string user,
                                 console_level level_max,
                                 std::function<void(std::string)> out);
caf::actor spawn_console_session(caf::actor_system& sys,
                                 console_options settings,
                                 std::string user,
                                 console_level level_max,
                                 std::function<void(std::string)> out);

/// The CONSOLE of a node runs single lines for other nodes and for HTTP.
using console_actor = caf::typed_actor<
    // Answers with one line of the protocol, never with an error.
    caf::replies_to<console_run>::with<std::string>,
    // Conforms to INSPECTABLE.
    caf::replies_to<get_status>::with<status_report>>;

console_actor spawn_console(caf::local_actor* parent, console_options settings);
console_actor spawn_console(caf::actor_system& sys, console_options settings);

} // namespace caly
