#include "cluster/console/commands.hpp"
#include "cluster/console/gather.hpp"
#include "cluster/console/node_round.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"
#include "runtime/console/actor_rows.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <set>

namespace caly {

namespace {

using namespace std::chrono_literals;

constexpr auto patience_default = 300s;
constexpr auto patience_most = 24h;
constexpr auto history_default = 168h;
constexpr auto history_most = 720h;
constexpr auto stuck_actor_after = 10s;
/// Younger ones may be on their way to a row, or to their end.
constexpr double settled_s = 60;

// -- stuck

console_table with_actors(const console_sources& sources,
                          const console_reply& reply,
                          console_table table) {
  for (const auto& each :
       detail::stuck_actors(detail::table_of(reply), stuck_actor_after)) {
    const auto since =
        sources.clock() - std::chrono::milliseconds{static_cast<int>(each.for_s * 1'000)};
    table.rows.push_back(
        {"actor",
         each.stats->path,
         each.message,
         to_rfc3339(since),
         std::to_string(each.stats->depth()) + " messages wait at " + sources.node,
         no_cell()});
  }
  table.exit_code = table.rows.empty() ? 0 : 1;
  if (table.rows.empty() && table.note.empty())
    table.note = "nothing stands still";
  return table;
}

void show_stuck(const console_sources& sources,
                const console_args& args,
                const console_reply& reply) {
  const auto over = args.time("over", patience_default, patience_most);
  if (!over)
    return reply.fail(over.error());
  const auto patience_s = std::chrono::duration_cast<std::chrono::seconds>(*over).count();
  show_all(
      sources,
      args,
      reply,
      {{}, "work.stuck", {std::to_string(patience_s), to_rfc3339(sources.clock())}, 1000},
      {{"what"}, {"id"}, {"state"}, {"since"}, {"why"}, {"tenant"}},
      nullptr,
      [=](console_table table) { return with_actors(sources, reply, std::move(table)); });
}

// -- orphans

/// What `orphans` has found so far.
struct orphan_search {
  console_table table{
      {{"what"}, {"id"}, {"why"}, {"node"}, {"tenant"}}, {}, false, {}, 0};
  std::map<std::string, std::pair<std::string, double>> actors; ///< call: node and age
  std::set<std::string> silent; ///< nodes whose actors are not known
  std::set<std::string> live;   ///< calls
};

using orphan_search_ptr = std::shared_ptr<orphan_search>;

/// `tenant` empty: those of all.
void note_actors(orphan_search& search,
                 const node_lines& lines,
                 const std::string& tenant) {
  for (const auto& [node, line] : lines) {
    if (!line.answer["data"].is_array())
      search.silent.insert(node);
    for (const auto& row : line.answer["data"].items())
      if (tenant.empty() || row["tenant"].text_or("") == tenant)
        search.actors[std::string{row["key"].text_or("")}] = {
            node, row["age"].as_double().value_or(0)};
  }
}

/// A live call that nobody tends, while all nodes have said whom they tend.
void note_call(orphan_search& search,
               const tenant_id& tenant,
               const json& row,
               wall_time now) {
  const std::string id{row["id"].text_or("")};
  search.live.insert(id);
  const auto created = parse_rfc3339(row["created_at"].text_or(""));
  const auto settled =
      created && std::chrono::duration<double>(now - *created).count() > settled_s;
  if (settled && search.silent.empty() && !search.actors.contains(id))
    search.table.rows.push_back(
        {"call",
         id,
         std::string{row["state"].text_or("")} + " and no actor tends it; reconcile asks",
         cell_of(row["node"]),
         tenant.str()});
}

void finish_search(const orphan_search_ptr& search,
                   const console_reply& reply,
                   const std::string& failed) {
  auto& table = search->table;
  // While a tenant is missing, so are the calls that its actors tend.
  if (failed.empty())
    for (const auto& [call, place] : search->actors)
      if (!search->live.contains(call) && place.second > settled_s)
        table.rows.push_back(
            {"actor", call, "its call does not live", place.first, no_cell()});
  table.note = table.rows.empty() ? "nothing is held that should not be" : "";
  for (const auto& node : search->silent)
    table.note += " · " + node + " did not answer: its actors are not known";
  table.note += failed.empty() ? "" : " · " + failed;
  table.exit_code = table.rows.empty() ? 0 : 1;
  reply.table(std::move(table));
}

void look_at_calls(const console_sources& sources,
                   const console_args& args,
                   const console_reply& reply,
                   const orphan_search_ptr& search) {
  sweep_tenants(reply,
                sources,
                args,
                {{{}, "calls.live", {}, 1000},
                 [=](const tenant_id& tenant, const json& rows) {
                   for (const auto& row : rows.items())
                     note_call(*search, tenant, row, sources.clock());
                   return true;
                 },
                 [=](std::size_t tenants, std::size_t failed) {
                   finish_search(search, reply, sweep_note(tenants, failed));
                 }});
}

void look_at_holds(const console_sources& sources,
                   const console_args& args,
                   const console_reply& reply,
                   const orphan_search_ptr& search) {
  sweep_tenants(
      reply,
      sources,
      args,
      {{{}, "work.orphaned", {}, 1000},
       [=](const tenant_id& tenant, const json& rows) {
         for (const auto& row : rows.items())
           search->table.rows.push_back({cell_of(row["what"]),
                                         cell_of(row["id"]),
                                         cell_of(row["why"]),
                                         no_cell(),
                                         tenant.str()});
         return true;
       },
       [=](std::size_t, std::size_t) { look_at_calls(sources, args, reply, search); }});
}

void show_orphans(const console_sources& sources,
                  const console_args& args,
                  const console_reply& reply) {
  ask_view(reply, sources, [=](const peer_list& known) {
    const auto search = std::make_shared<orphan_search>();
    ask_nodes(reply,
              sources,
              known,
              "ps --kind call --limit 10000",
              [=](const node_lines& lines) {
                note_actors(*search, lines, args.text("tenant"));
                look_at_holds(sources, args, reply, search);
              });
  });
}

// -- dead letters

/// Since when, from `--back`; without an answer the run has ended.
std::optional<std::string> since_of(const console_sources& sources,
                                    const console_args& args,
                                    const console_reply& reply) {
  const auto back = args.time("back", history_default, history_most);
  if (back)
    return to_rfc3339(sources.clock() - *back);
  reply.fail(back.error());
  return std::nullopt;
}

void show_dead_letters(const console_sources& sources,
                       const console_args& args,
                       const console_reply& reply) {
  const auto since = since_of(sources, args, reply);
  if (!since)
    return;
  show_all(sources,
           args,
           reply,
           {{}, "work.given_up", {*since}, 500},
           {{"kind"}, {"id"}, {"at"}, {"why"}, {"replay"}, {"tenant"}},
           nullptr,
           [](console_table table) {
             if (table.rows.empty() && table.note.empty())
               table.note = "nothing was given up";
             return table;
           });
}

/// Failed analyses only: a call that was given up may have rung, so dialing it again is
/// for people to decide, and an import's file is gone.
void replay(const console_sources& sources,
            const console_args& args,
            const console_reply& reply) {
  const auto since = since_of(sources, args, reply);
  if (!since)
    return;
  const auto all = args.word(0) == "all";
  const auto call =
      all ? std::optional<call_id>{} : id_word<call_tag>(reply, args, 0, "call");
  if (!all && !call)
    return;
  if (args.has("dry-run"))
    return reply.text("would analyse " + args.word(0) + " again; run without --dry-run");
  const auto count = std::make_shared<std::int64_t>(0);
  const run_record ask{{},
                       "work.replay",
                       {call ? record_argument{call->str()} : record_argument{},
                        *since,
                        "console:" + reply.user()},
                       0};
  const auto done = [=](std::size_t tenants, std::size_t failed) {
    const auto note = sweep_note(tenants, failed);
    reply.text(std::to_string(*count) + " analyses are tried again" +
               (note.empty() ? "" : "; " + note));
  };
  const auto each = [=](const tenant_id& tenant, const json& row) {
    *count += row["calls"].int_or(0);
    if (row["calls"].int_or(0) > 0)
      caf::anon_send(sources.region, wake_tenant{tenant, "console"});
    return true;
  };
  if (all)
    return sweep_tenants(reply, sources, args, {ask, each, done});
  find_tenant(reply, sources, args, *call, [=](const tenant_id& tenant) {
    auto one = ask;
    one.tenant = tenant;
    ask_rows(reply, sources, one, [=](const json& row) {
      each(tenant, row);
      done(1, 0);
    });
  });
}

} // namespace

void add_work_commands(console_registry& registry, const console_sources& sources) {
  add_command(
      registry,
      sources,
      "stuck",
      console_level::observe,
      "stuck [--over 5m] [--tenant ten_…]",
      "Calls, campaigns, imports, analyses and actors here that stand still; exit "
      "code 1.",
      {"over", "tenant"},
      0,
      show_stuck);
  add_command(
      registry,
      sources,
      "orphans",
      console_level::observe,
      "orphans [--tenant ten_…]",
      "Permits, holds, rows, calls and actors that belong to nothing; exit code 1.",
      {"tenant"},
      0,
      show_orphans);
  add_command(registry,
              sources,
              "dead-letters",
              console_level::observe,
              "dead-letters [--back 168h] [--tenant ten_…]",
              "What was given up and waits for somebody: analyses, calls, imports.",
              {"back", "tenant"},
              0,
              show_dead_letters);
  add_command(
      registry,
      sources,
      "dead-letters replay",
      console_level::operate,
      "dead-letters replay <call_…|all> [--back 168h] [--tenant ten_…] [--dry-run]",
      "Analyses calls again whose analysis failed.",
      {"back", "tenant"},
      1,
      replay);
}

} // namespace caly
