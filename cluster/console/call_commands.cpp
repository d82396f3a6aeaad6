#include "cluster/console/call_machine.hpp"
#include "cluster/console/commands.hpp"
#include "cluster/console/gather.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"
#include "runtime/console/protocol.hpp"

#include <caf/event_based_actor.hpp>

namespace caly {

namespace {

using namespace std::chrono_literals;

void show_calls(const console_sources& sources,
                const console_args& args,
                const console_reply& reply) {
  const auto state = args.text("state");
  const auto owner = args.text("owner");
  show_all(sources,
           args,
           reply,
           {{}, "calls.live", {}, 1000},
           {{"id"},
            {"state"},
            {"status"},
            {"direction"},
            {"node"},
            {"provider"},
            {"created_at"},
            {"campaign_id", false, true},
            {"contact_id", false, true},
            {"tenant", false, true}},
           [=](const json& row) {
             return (state.empty() || row["state"].text_or("") == state) &&
                    (owner.empty() || row["node"].text_or("") == owner);
           });
}

void show_actor(const console_sources& sources,
                const console_reply& reply,
                const call_id& id,
                const std::string& node,
                console_table table) {
  ask_node(reply,
           sources,
           node,
           1s,
           "state call:" + id.str() + " -o json",
           [=](const json& answer) mutable {
             if (!reply.open())
               return;
             if (answer["data"].is_object())
               add_fields(table, answer["data"], "actor.");
             else
               table.field("actor",
                           answer["error"]["code"].text_or("") == "not_found"
                               ? "none on " + node
                               : "no answer from " + node);
             reply.table(std::move(table));
           });
}

void show_call(const console_sources& sources,
               const console_args& args,
               const console_reply& reply) {
  const auto id = id_word<call_tag>(reply, args, 0, "call");
  if (!id)
    return;
  find_tenant(reply, sources, args, *id, [=](const tenant_id& tenant) {
    ask_rows(reply, sources, {tenant, "calls.get", {id->str()}, 0}, [=](const json& row) {
      auto table = console_table::make_record();
      table.field("tenant", tenant.str());
      for (const auto& [name, value] : row.members())
        // What was said is not for the console.
        if (name != "analytics" && name != "contact_name")
          table.field(name, cell_of(value));
      ask_view(reply, sources, [=](const peer_list& known) {
        const auto node = node_of_call(row, known);
        if (!row["ended_at"].is_null() || node.empty())
          reply.table(table);
        else
          show_actor(sources, reply, *id, node, table);
      });
    });
  });
}

/// Ends the call at this node: its actor is started from its rows when there is none.
void end_here(const console_sources& sources,
              const console_reply& reply,
              const tenant_id& tenant,
              const call_id& id) {
  reply.extend(10s);
  reply.self()
      ->request(sources.calls, 3s, find_call{tenant, id, true})
      .then(
          [=](const call_actor& call) {
            reply.self()
                ->request(call, 5s, end_call{"hung up from the console"})
                .then(
                    [=](bool ended) {
                      reply.text(ended ? "hanging up " + id.str()
                                       : id.str() + " has nothing to hang up");
                    },
                    [=](const caf::error& err) { reply.fail(err); });
          },
          [=](const caf::error& err) { reply.fail(err, "call " + id.str()); });
}

void hang_up(const console_sources& sources,
             const console_args& args,
             const console_reply& reply) {
  const auto id = id_word<call_tag>(reply, args, 0, "call");
  if (!id)
    return;
  find_tenant(reply, sources, args, *id, [=](const tenant_id& tenant) {
    ask_rows(reply, sources, {tenant, "calls.get", {id->str()}, 0}, [=](const json& row) {
      if (!row["ended_at"].is_null()) {
        reply.fail(caf::make_error(errc::conflict, "the call is over"),
                   "call " + id->str());
        return;
      }
      ask_view(reply, sources, [=](const peer_list& known) {
        const auto node = node_of_call(row, known);
        if (args.has("dry-run"))
          reply.text("would hang up " + id->str() + " at " +
                     (node.empty() ? sources.node : node) + "; run without --dry-run");
        else if (args.has("here") || node.empty() || node == sources.node)
          end_here(sources, reply, tenant, *id);
        else
          pass_line(reply,
                    sources,
                    node,
                    "hangup " + id->str() + " --here --tenant " + tenant.str());
      });
    });
  });
}

} // namespace

void add_call_commands(console_registry& registry, const console_sources& sources) {
  using run_function =
      void (*)(const console_sources&, const console_args&, const console_reply&);
  const auto with = [&](run_function run) {
    return [sources, run](const console_args& args, const console_reply& reply) {
      run(sources, args, reply);
    };
  };
  registry.add({"calls",
                console_level::observe,
                "calls [--state S] [--owner n2] [--tenant ten_…]",
                "The calls that are live now.",
                {"state", "owner", "tenant"},
                {},
                0,
                with(show_calls)});
  registry.add({"call",
                console_level::observe,
                "call <call_…> [--tenant ten_…]",
                "A call's row and what its actor is doing.",
                {"tenant"},
                {},
                1,
                with(show_call)});
  registry.add({"call machine",
                console_level::observe,
                "call machine <call_…> [--tenant ten_…] [--here]",
                "A live call as a state machine: timers, leases, its last 200 messages.",
                {"tenant"},
                {"here"},
                1,
                with(show_call_machine)});
  registry.add({"hangup",
                console_level::operate,
                "hangup <call_…> [--tenant ten_…] [--here] [--dry-run]",
                "Ends a live call at the node that has it.",
                {"tenant"},
                {"here"},
                1,
                with(hang_up)});
}

} // namespace caly
