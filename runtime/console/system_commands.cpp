#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/console/actor_rows.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/metrics.hpp"
#include "runtime/observe/process.hpp"

#include <caf/actor_registry.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>

namespace caly {

using namespace std::chrono_literals;

namespace {

void vm(const console_args&, const console_reply& reply) {
  const auto usage = read_process_usage();
  auto& sys = reply.self()->system();
  auto table = console_table::make_record();
  table.field("resident", console_cell::bytes(usage.resident_bytes));
  table.field("open_files", usage.open_files);
  table.field("threads", usage.threads);
  table.field("cpu", console_cell::time(usage.cpu_seconds));
  table.field("up", console_cell::time(usage.up_seconds));
  // Beside that of another node it shows whose clock is wrong.
  table.field("clock", to_rfc3339(std::chrono::system_clock::now()));
  table.field("actors", actor_table::of(sys).size());
  table.field("actors_running", sys.registry().running());
  table.field("actors_detached", sys.detached_actors());
  table.field("log_lines_lost", log_lines_lost());
  reply.table(std::move(table));
}

/// The samples of the Prometheus text, one a row.
void show_metrics(const console_args& args, const console_reply& reply) {
  const auto text = render_metrics(reply.self()->system());
  const auto pattern = args.words.empty() ? std::string{"*"} : args.words[0];
  console_table table;
  table.columns = {{"metric"}, {"labels"}, {"value", true}};
  for (const auto line : split(text, '\n')) {
    const auto space = line.rfind(' ');
    if (line.empty() || line.front() == '#' || space == std::string_view::npos)
      continue;
    const auto head = line.substr(0, space);
    const auto name = head.substr(0, head.find('{'));
    if (!matches_glob(name, pattern))
      continue;
    auto labels = head.substr(name.size());
    if (labels.size() >= 2)
      labels = labels.substr(1, labels.size() - 2);
    table.rows.push_back({name, labels, line.substr(space + 1)});
  }
  reply.table(std::move(table));
}

void show_levels(const console_reply& reply) {
  console_table table;
  table.columns = {{"area"}, {"level"}, {"left", true}};
  for (const auto& each : log_levels())
    table.rows.push_back({each.area.empty() ? "*" : each.area,
                          each.level,
                          each.left.count() > 0
                              ? console_cell::time(static_cast<double>(each.left.count()))
                              : console_cell{"-"}});
  reply.table(std::move(table));
}

/// `log level debug`, `log level dial=debug --for 10m`.
void log_level(const console_args& args, const console_reply& reply) {
  const auto time = args.time("for", 0s, 24h);
  if (!time) {
    reply.fail(time.error());
    return;
  }
  const auto parts = split(args.word(0), '=');
  const auto area = parts.size() == 2 ? parts[0] : std::string_view{};
  if (auto failure = set_log_level(parts.back(),
                                   area == "*" ? std::string_view{} : area,
                                   std::chrono::ceil<std::chrono::seconds>(*time))) {
    reply.fail(std::move(failure), "log level [area=]level [--for 10m]");
    return;
  }
  show_levels(reply);
}

void show_log(const console_args& args, const console_reply& reply) {
  const auto count = args.integer("n", 20, 1, 500);
  if (!count) {
    reply.fail(count.error());
    return;
  }
  const auto level = args.text("level");
  const auto actor = args.text("actor");
  const auto tenant = args.text("tenant");
  console_table table;
  table.columns = {{"time"}, {"level"}, {"message"}, {"fields"}, {"actor", false, true}};
  for (const auto& text : log_tail(500)) {
    const auto line = json::parse(text);
    if (!line || (!level.empty() && (*line)["level"].text_or("") != level) ||
        (!tenant.empty() && (*line)["tenant"].text_or("") != tenant) ||
        (!actor.empty() &&
         (*line)["actor"].text_or("").find(actor) == std::string_view::npos))
      continue;
    std::string fields;
    for (const auto& [name, value] : line->members())
      if (name != "time" && name != "level" && name != "message" && name != "actor" &&
          name != "node" && name != "area")
        fields += (fields.empty() ? "" : " ") + name + "=" +
                  (value.is_string() ? std::string{value.text_or("")} : value.dump());
    table.rows.push_back({(*line)["time"].text_or(""),
                          (*line)["level"].text_or(""),
                          (*line)["message"].text_or(""),
                          fields,
                          (*line)["actor"].text_or("")});
  }
  const auto keep =
      std::min<std::size_t>(static_cast<std::size_t>(*count), table.rows.size());
  table.rows.erase(table.rows.begin(),
                   table.rows.end() - static_cast<std::ptrdiff_t>(keep));
  reply.table(std::move(table));
}

} // namespace

void add_system_commands(console_registry& registry, std::string version) {
  constexpr auto observe = console_level::observe;
  registry.add({"vm",
                observe,
                "vm",
                "Memory, files, threads and time of this process.",
                {},
                {},
                0,
                vm});
  registry.add({"metrics",
                observe,
                "metrics [name-glob]",
                "What /metrics shows, by name.",
                {},
                {},
                1,
                show_metrics});
  registry.add(
      {"version",
       observe,
       "version",
       "The build of this node.",
       {},
       {},
       0,
       [version = std::move(version)](const console_args&, const console_reply& reply) {
         reply.text(version);
       }});
  registry.add(
      {"log levels",
       observe,
       "log levels",
       "The log levels in force.",
       {},
       {},
       0,
       [](const console_args&, const console_reply& reply) { show_levels(reply); }});
  registry.add({"log level",
                console_level::operate,
                "log level [area=]level [--for 10m]",
                "Changes how much is logged, of one area or of everything.",
                {"for"},
                {},
                1,
                log_level});
  registry.add({"log tail",
                observe,
                "log tail [-n 20] [--level L] [--actor A] [--tenant T]",
                "The last log lines of this node.",
                {"n", "level", "actor", "tenant"},
                {},
                0,
                show_log});
}

void add_session_commands(console_registry& registry) {
  registry.add({"help",
                console_level::observe,
                "help [command]",
                "Lists commands, or explains one.",
                {},
                {},
                2,
                nullptr});
  registry.add(
      {"?", console_level::observe, "? [command]", "As help.", {}, {}, 2, nullptr});
  registry.add({"elevate",
                console_level::observe,
                "elevate operate|break_glass --reason \"…\"",
                "Allows more for 15 minutes; is kept in the audit.",
                {},
                {},
                1,
                nullptr});
  registry.add({"drop",
                console_level::observe,
                "drop",
                "Goes back to observe.",
                {},
                {},
                0,
                nullptr});
}

void add_core_commands(console_registry& registry, std::string version) {
  add_session_commands(registry);
  add_actor_commands(registry);
  add_operate_commands(registry);
  add_trace_command(registry);
  add_system_commands(registry, std::move(version));
}

} // namespace caly
