#include "runtime/base/error.hpp"
#include "runtime/console/actor_rows.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/observe/error_text.hpp"
#include "runtime/supervision/exit.hpp"
#include "runtime/supervision/supervisor.hpp"

#include <caf/event_based_actor.hpp>

namespace caly {

using namespace std::chrono_literals;

using detail::id_text;
using detail::stats_ptr;

namespace {

/// The supervisor of an actor, if it has one.
supervisor_actor supervisor_of(const console_reply& reply, const actor_stats& stats) {
  if (stats.child_name().empty())
    return {};
  const auto parent = detail::table_of(reply).find(stats.parent_id);
  if (!parent || parent->label.kind != "supervisor")
    return {};
  return caf::actor_cast<supervisor_actor>(parent->address);
}

std::string name_of(const actor_stats& stats) {
  return id_text(stats.id) + " " + stats.path;
}

template <class Message>
void ask_supervisor(const supervisor_actor& parent,
                    Message message,
                    const std::string& done,
                    const console_reply& reply) {
  reply.self()
      ->request(parent, 1500ms, std::move(message))
      .then([=] { reply.text(done); },
            [=](const caf::error& failure) {
              reply.fail(caf::make_error(errc::unavailable, describe(failure)),
                         "the supervisor goes on; look again with info");
            });
}

void restart(const console_args& args, const console_reply& reply) {
  const auto stats = detail::one_actor(reply, args.word(0));
  if (!stats)
    return;
  const auto parent = supervisor_of(reply, *stats);
  if (!parent) {
    reply.fail(caf::make_error(errc::conflict, name_of(*stats) + " has no supervisor"),
               "stop ends it; whoever spawned it decides what follows");
    return;
  }
  if (args.has("dry-run")) {
    reply.text("would restart " + name_of(*stats) + "; run without --dry-run");
    return;
  }
  ask_supervisor(
      parent, restart_child{stats->child_name()}, "restarting " + name_of(*stats), reply);
}

/// Whether the command may go on: destructive ones want `--yes`.
bool confirmed(const console_args& args,
               const console_reply& reply,
               const std::string& deed) {
  if (args.has("dry-run")) {
    reply.text("would " + deed + "; run without --dry-run");
    return false;
  }
  if (!args.has("yes")) {
    reply.fail(caf::make_error(errc::invalid, "this would " + deed), "add --yes");
    return false;
  }
  return true;
}

void stop(const console_args& args, const console_reply& reply) {
  const auto stats = detail::one_actor(reply, args.word(0));
  if (!stats || !confirmed(args,
                           reply,
                           "stop " + name_of(*stats) + " with " +
                               std::to_string(stats->depth()) + " messages waiting"))
    return;
  const auto done = "stopped " + name_of(*stats);
  if (const auto parent = supervisor_of(reply, *stats)) {
    ask_supervisor(parent, stop_child{stats->child_name()}, done, reply);
    return;
  }
  stop_actor(stats->address);
  reply.text("asked " + name_of(*stats) + " to stop");
}

void kill(const console_args& args, const console_reply& reply) {
  const auto stats = detail::one_actor(reply, args.word(0));
  if (!stats || !confirmed(args,
                           reply,
                           "kill " + name_of(*stats) + " and drop " +
                               std::to_string(stats->depth()) + " messages"))
    return;
  kill_actor(stats->address);
  reply.text("killed " + name_of(*stats));
}

} // namespace

void add_operate_commands(console_registry& registry) {
  registry.add({"restart",
                console_level::operate,
                "restart <target> [--dry-run]",
                "Lets its supervisor end and start an actor again.",
                {},
                {},
                1,
                restart});
  registry.add({"stop",
                console_level::operate,
                "stop <target> --yes [--dry-run]",
                "Ends an actor after what its mailbox holds; it does not come back.",
                {},
                {},
                1,
                stop});
  registry.add({"kill",
                console_level::break_glass,
                "kill <target> --yes [--dry-run]",
                "Ends an actor at once; its supervisor may start it again.",
                {},
                {},
                1,
                kill});
}

} // namespace caly
