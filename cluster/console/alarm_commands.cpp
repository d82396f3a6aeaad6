#include "cluster/console/commands.hpp"
#include "cluster/console/node_round.hpp"
#include "cluster/console/rows.hpp"
#include "runtime/base/error.hpp"

#include <algorithm>

namespace caly {

namespace {

using namespace std::chrono_literals;

const std::vector<console_column> columns{
    {"alarm"}, {"subject"}, {"since"}, {"seen_by"}, {"text"}, {"runbook"}};

/// An alarm with all nodes that see it.
struct shared_alarm {
  std::string since;
  std::string seen_by;
  std::string text;
};

using shared_alarms = std::map<std::pair<std::string, std::string>, shared_alarm>;

void add_alarms(shared_alarms& all, const std::string& node, const json& rows) {
  for (const auto& row : rows.items()) {
    auto& its = all[{std::string{row["alarm"].text_or("")},
                     std::string{row["subject"].text_or("")}}];
    const std::string since{row["since"].text_or("")};
    // Timestamps of one form compare as texts.
    if (its.since.empty() || since < its.since)
      its.since = since;
    its.seen_by += (its.seen_by.empty() ? "" : " ") + node;
    its.text = row["text"].text_or("");
  }
}

console_table table_of(const shared_alarms& all) {
  console_table table;
  table.columns = columns;
  for (const auto& [key, each] : all)
    table.rows.push_back({key.first,
                          key.second,
                          each.since,
                          each.seen_by,
                          each.text,
                          std::string{runbook_of(key.first)} + ".md"});
  std::ranges::stable_sort(table.rows, {}, [](const auto& row) { return row[2].text; });
  table.exit_code = all.empty() ? 0 : 1;
  return table;
}

void show_own(const console_sources& sources, const console_reply& reply) {
  reply.self()
      ->request(sources.alarms, 1s, list_alarms{})
      .then(
          [=](const alarm_list& list) {
            console_table table;
            table.columns = columns;
            for (const auto& each : list.alarms)
              table.rows.push_back(
                  {each.name,
                   each.subject,
                   to_rfc3339(wall_time{std::chrono::milliseconds{each.since_ms}}),
                   sources.node,
                   each.text,
                   std::string{runbook_of(each.name)} + ".md"});
            table.exit_code = list.alarms.empty() ? 0 : 1;
            reply.table(std::move(table));
          },
          [=](const caf::error& err) { reply.fail(err, "log tail shows alarms, too"); });
}

void show_alarms(const console_sources& sources,
                 const console_args& args,
                 const console_reply& reply) {
  if (args.has("here"))
    return show_own(sources, reply);
  ask_view(reply, sources, [=](const peer_list& known) {
    ask_nodes(reply, sources, known, "alarms --here", [=](const node_lines& lines) {
      shared_alarms all;
      for (const auto& [node, line] : lines)
        add_alarms(all, node, line.answer["data"]);
      auto table = table_of(all);
      const auto silent = silent_nodes(known, lines);
      table.note = all.empty() ? "no alarms" : "see cluster/runbooks";
      if (!silent.empty())
        table.note += " · no answer from " + silent;
      reply.table(std::move(table));
    });
  });
}

} // namespace

void add_alarm_commands(console_registry& registry, const console_sources& sources) {
  registry.add(
      {"alarms",
       console_level::observe,
       "alarms [--here]",
       "What needs a look now, since when, and the page that helps; exit code 1.",
       {},
       {"here"},
       0,
       [sources](const console_args& args, const console_reply& reply) {
         show_alarms(sources, args, reply);
       }});
}

} // namespace caly
