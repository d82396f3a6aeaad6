#include "cluster/console/commands.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>

namespace caly {

namespace {

void membership_log(const console_sources& sources, const console_reply& reply) {
  ask_rows(reply, sources, {{}, "membership.log", {}, 1000}, [reply](const json& rows) {
    reply.table(table_of(
        rows.items(),
        {{"at"}, {"node"}, {"incarnation", true}, {"event"}, {"by"}, {"detail"}}));
  });
}

/// Who does it, as the rows keep it.
std::string author(const console_sources& sources, const console_reply& reply) {
  return "console:" + reply.user() + "@" + sources.node;
}

/// The command's node; without one the run has ended.
std::string node_word(const console_args& args, const console_reply& reply) {
  if (args.word(0).empty())
    reply.fail(caf::make_error(errc::invalid, "say which node"),
               "nodes shows their names");
  return args.word(0);
}

void drain(const console_sources& sources,
           const console_args& args,
           const console_reply& reply,
           bool on) {
  const auto node = node_word(args, reply);
  if (node.empty())
    return;
  const std::string name = on ? "drain " : "undrain ";
  if (args.has("dry-run"))
    return reply.text("would " + name + node + "; run without --dry-run");
  if (node != sources.node)
    return pass_line(reply, sources, node, name + node);
  sources.drain(on);
  reply.text(on ? node + " drains: no new work, shards to the others, then it ends"
                : node + " takes part again");
}

std::size_t shards_of(const cluster_view& view, const std::string& node) {
  return static_cast<std::size_t>(
      std::count_if(view.shards.begin(), view.shards.end(), [&](const shard_row& shard) {
        return shard.owner.node == node;
      }));
}

/// Ends in words what `nodes.evict` has done.
std::string evicted_text(const json& row) {
  const std::string node{row["node"].text_or("")};
  return node + " is dead from now, incarnation " + row["incarnation"].dump() +
         "; the others take its shards. If it lives it stands down and comes back as a "
         "new incarnation: drain it, or stop its process, to keep it out";
}

void evict(const console_sources& sources,
           const console_args& args,
           const console_reply& reply) {
  const auto node = node_word(args, reply);
  if (node.empty())
    return;
  ask_view(reply, sources, [=](const peer_list& known) {
    const auto deed = "declare " + node + " dead and give its " +
                      std::to_string(shards_of(known.view, node)) +
                      " shards to the others";
    if (args.has("dry-run"))
      return reply.text("would " + deed + "; run without --dry-run");
    if (!args.has("yes"))
      return reply.fail(caf::make_error(errc::invalid, "this would " + deed),
                        "add --yes; drain is the gentle way");
    ask_rows(reply,
             sources,
             {{},
              "nodes.evict",
              {node, sources.node, author(sources, reply), reply.reason()},
              0},
             [reply](const json& row) { reply.text(evicted_text(row)); });
  });
}

/// `17`, `tenant/17` or `scheduler/0`; nothing when it names no shard.
std::optional<shard_name> parse_shard(const std::string& word) {
  const auto slash = word.find('/');
  const auto kind =
      slash == std::string::npos ? std::string{"tenant"} : word.substr(0, slash);
  const auto digits = slash == std::string::npos ? word : word.substr(slash + 1);
  constexpr std::size_t digits_max = 6;
  if (kind.empty() || digits.empty() || digits.size() > digits_max ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return std::nullopt;
  return shard_name{kind, std::stoi(digits)};
}

std::string moved_text(const json& row, const std::string& to) {
  const auto shard = std::string{row["kind"].text_or("")} + "/" + row["shard"].dump();
  const std::string owner{row["owner"].text_or("")};
  if (to == "auto")
    return shard + " goes where the placement says; " +
           (owner.empty() ? "it is free" : owner + " has it now");
  if (owner == to)
    return shard + " stays at " + to + " while that is up";
  return shard + " goes to " + to +
         (owner.empty() ? "" : ", " + owner + " gives it back") + "; shards --owner " +
         to + " shows when it is there";
}

void move_shard(const console_sources& sources,
                const console_args& args,
                const console_reply& reply) {
  const auto shard = parse_shard(args.word(0));
  const auto to = args.word(1);
  if (!shard || to.empty())
    return reply.fail(
        caf::make_error(errc::invalid, "say which shard and which node, or auto"),
        "shard move 17 n3; who-owns shows the shard of a tenant");
  if (args.has("dry-run"))
    return reply.text("would move " + shard->kind + "/" + std::to_string(shard->id) +
                      " to " + to + "; run without --dry-run");
  ask_rows(reply,
           sources,
           {{},
            "shards.move",
            {shard->kind,
             std::to_string(shard->id),
             to == "auto" ? record_argument{} : record_argument{to},
             author(sources, reply),
             reply.reason()},
            0},
           [=](const json& row) { reply.text(moved_text(row, to)); });
}

} // namespace

void add_membership_commands(console_registry& registry, const console_sources& sources) {
  add_command(
      registry,
      sources,
      "membership log",
      console_level::observe,
      "membership log",
      "Who joined, drained, left or died, which shards went where, and why; newest "
      "first.",
      {},
      0,
      [](const auto& from, const auto&, const auto& to) { membership_log(from, to); });
  for (const bool on : {true, false})
    registry.add(
        {on ? "drain" : "undrain",
         console_level::operate,
         on ? "drain <n2> [--dry-run]" : "undrain <n2> [--dry-run]",
         on ? "Ends a node in order: its shards move, its calls talk to their end."
            : "Calls a drain off.",
         {},
         {},
         1,
         [sources, on](const console_args& args, const console_reply& reply) {
           drain(sources, args, reply, on);
         }});
  add_command(registry,
              sources,
              "shard move",
              console_level::operate,
              "shard move <17> <n3|auto> [--dry-run]",
              "Moves a shard to a node and keeps it there until that drains or dies.",
              {},
              2,
              move_shard);
  add_command(registry,
              sources,
              "evict",
              console_level::break_glass,
              "evict <n2> --yes [--dry-run]",
              "Declares a node dead now, without waiting for its lease.",
              {},
              1,
              evict);
}

} // namespace caly
