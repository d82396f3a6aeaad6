#include "runtime/base/error.hpp"
#include "runtime/console/actor_rows.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/observe/error_text.hpp"
#include "runtime/observe/status.hpp"

#include <caf/config_value.hpp>
#include <caf/event_based_actor.hpp>

#include <algorithm>
#include <map>

namespace caly {

using namespace std::chrono_literals;

using detail::id_text;
using detail::stats_ptr;
using detail::table_of;

namespace {

void ps(const console_args& args, const console_reply& reply) {
  auto rows =
      args.words.empty() ? table_of(reply).all() : table_of(reply).match(args.words[0]);
  const auto kind = args.text("kind");
  const auto tenant = args.text("tenant");
  std::erase_if(rows, [&](const stats_ptr& each) {
    return (!kind.empty() && each->label.kind != kind) ||
           (!tenant.empty() && each->label.tenant != tenant);
  });
  console_table table;
  table.columns = {{"actor"},
                   {"kind"},
                   {"key"},
                   {"tenant"},
                   {"mailbox", true},
                   {"handled", true},
                   {"busy", true},
                   {"restarts", true},
                   {"age", true},
                   {"last_message"},
                   {"last_age", true},
                   {"path", false, true}};
  const auto now = std::chrono::system_clock::now();
  for (const auto& each : rows) {
    std::vector<console_cell> row{
        id_text(each->id),
        each->label.kind,
        each->label.key,
        each->label.tenant,
        each->depth(),
        each->handled(),
        console_cell::time(std::chrono::duration<double>(each->busy()).count()),
        each->restarts(),
        console_cell::time(detail::age_s(*each, now))};
    detail::add_last_message(row, *each);
    row.emplace_back(each->path);
    table.rows.push_back(std::move(row));
  }
  table.note = std::to_string(rows.size()) + " actors";
  reply.table(std::move(table));
}

/// What `top` compares between the two ends of its window.
struct sample {
  stats_ptr stats;
  std::uint64_t handled = 0;
  std::uint64_t depth = 0;
  std::chrono::nanoseconds busy{0};
};

std::vector<sample> take_samples(const console_reply& reply) {
  std::vector<sample> samples;
  for (const auto& each : table_of(reply).all())
    samples.push_back({each, each->handled(), each->depth(), each->busy()});
  return samples;
}

void show_top(const std::string& order,
              double seconds,
              const std::vector<sample>& before,
              const console_reply& reply) {
  const auto now = std::chrono::system_clock::now();
  std::vector<std::pair<double, std::vector<console_cell>>> rows;
  for (const auto& each : before) {
    const auto& stats = *each.stats;
    const auto depth = stats.depth();
    const auto busy =
        std::chrono::duration<double>(stats.busy() - each.busy).count() / seconds;
    const auto handled = static_cast<double>(stats.handled() - each.handled) / seconds;
    const auto growth =
        (static_cast<double>(depth) - static_cast<double>(each.depth)) / seconds;
    const auto age = detail::age_s(stats, now);
    const auto weight = order == "busy"       ? busy
                        : order == "restarts" ? static_cast<double>(stats.restarts())
                        : order == "age"      ? age
                                              : static_cast<double>(depth);
    std::vector<console_cell> row{id_text(stats.id),
                                  stats.label.kind,
                                  stats.label.key,
                                  depth,
                                  growth,
                                  handled,
                                  busy * 100,
                                  stats.restarts(),
                                  console_cell::time(age)};
    detail::add_last_message(row, stats);
    rows.emplace_back(weight, std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return a.first > b.first;
  });
  console_table table;
  table.columns = {{"actor"},
                   {"kind"},
                   {"key"},
                   {"mailbox", true},
                   {"growth_per_s", true},
                   {"handled_per_s", true},
                   {"busy_percent", true},
                   {"restarts", true},
                   {"age", true},
                   {"last_message"},
                   {"last_age", true}};
  for (std::size_t i = 0; i < rows.size() && i < 20; ++i)
    table.rows.push_back(std::move(rows[i].second));
  reply.table(std::move(table));
}

void top(const console_args& args, const console_reply& reply) {
  const auto order = args.words.empty() ? std::string{"mailbox"} : args.words[0];
  if (order != "mailbox" && order != "busy" && order != "restarts" && order != "age") {
    reply.fail(caf::make_error(errc::invalid, "no order " + order),
               "mailbox, busy, restarts or age");
    return;
  }
  const auto window = args.time("window", 1s, 60s);
  if (!window || *window < 100ms) {
    reply.fail(window ? caf::make_error(errc::invalid, "--window is at least 100ms")
                      : window.error());
    return;
  }
  reply.extend(*window + 2s);
  reply.after(*window, [=, before = take_samples(reply)] {
    show_top(order, std::chrono::duration<double>(*window).count(), before, reply);
  });
}

void tree(const console_args& args, const console_reply& reply) {
  const auto depth_max = args.integer("depth", 20, 1, 100);
  if (!depth_max) {
    reply.fail(depth_max.error());
    return;
  }
  std::map<caf::actor_id, std::vector<stats_ptr>> children;
  const auto rows = table_of(reply).all();
  const auto known = [&](caf::actor_id id) {
    return table_of(reply).find(id) != nullptr;
  };
  for (const auto& each : rows)
    children[known(each->parent_id) ? each->parent_id : 0].push_back(each);
  console_table table;
  table.columns = {
      {"tree"}, {"actor"}, {"mailbox", true}, {"handled", true}, {"restarts", true}};
  // An explicit stack: depth comes from the node, not from the machine's stack.
  std::vector<std::pair<stats_ptr, std::int64_t>> stack;
  auto roots = args.words.empty() ? children[0] : table_of(reply).match(args.words[0]);
  for (auto root = roots.rbegin(); root != roots.rend(); ++root)
    stack.emplace_back(*root, 0);
  while (!stack.empty()) {
    const auto [stats, depth] = stack.back();
    stack.pop_back();
    const auto name =
        stats->label.kind + (stats->label.key.empty() ? "" : ":" + stats->label.key);
    table.rows.push_back({std::string(static_cast<std::size_t>(depth) * 2, ' ') + name,
                          id_text(stats->id),
                          stats->depth(),
                          stats->handled(),
                          stats->restarts()});
    if (depth + 1 >= *depth_max)
      continue;
    const auto& below = children[stats->id];
    for (auto child = below.rbegin(); child != below.rend(); ++child)
      stack.emplace_back(*child, depth + 1);
  }
  reply.table(std::move(table));
}

void info(const console_args& args, const console_reply& reply) {
  std::vector<stats_ptr> others;
  const auto stats = detail::one_actor(reply, args.word(0), &others);
  if (!stats)
    return;
  const auto parent = table_of(reply).find(stats->parent_id);
  auto table = console_table::make_record();
  table.field("actor", id_text(stats->id));
  table.field("path", stats->path);
  table.field("kind", stats->label.kind);
  table.field("key", stats->label.key);
  table.field("tenant", stats->label.tenant);
  table.field("parent", parent ? id_text(parent->id) + " " + parent->path : "-");
  table.field("child_name", stats->child_name());
  table.field("started_at", to_rfc3339(stats->started));
  table.field(
      "age", console_cell::time(detail::age_s(*stats, std::chrono::system_clock::now())));
  table.field("mailbox", stats->depth());
  table.field("handled", stats->handled());
  table.field("busy",
              console_cell::time(std::chrono::duration<double>(stats->busy()).count()));
  const auto current = stats->current();
  if (current.at.time_since_epoch().count() != 0) {
    table.field("handling", to_string_of(current.type));
    const auto since = std::chrono::steady_clock::now() - current.at;
    table.field("handling_for",
                console_cell::time(std::chrono::duration<double>(since).count()));
  }
  table.field("restarts", stats->restarts());
  table.field("last_error", stats->last_error());
  table.field("traced", stats->traced());
  for (const auto& each : others)
    table.field("also " + each->label.kind, id_text(each->id) + " " + each->path);
  reply.table(std::move(table));
}

/// A value of a status report; numbers and booleans stay what they are.
console_cell cell_of(const caf::config_value& value) {
  if (const auto* number = caf::get_if<caf::config_value::integer>(&value))
    return {*number};
  if (const auto* number = caf::get_if<caf::config_value::real>(&value))
    return {*number};
  if (const auto* flag = caf::get_if<caf::config_value::boolean>(&value))
    return {*flag};
  if (const auto* text = caf::get_if<caf::config_value::string>(&value))
    return {*text};
  return {to_string(value)};
}

/// Nested reports become dotted names.
void add_report(console_table& table,
                const caf::settings& report,
                const std::string& in) {
  for (const auto& [key, value] : report) {
    const auto name = in.empty() ? key : in + "." + key;
    if (const auto* inner = caf::get_if<caf::config_value::dictionary>(&value))
      add_report(table, *inner, name);
    else
      table.field(name, cell_of(value));
  }
}

void state(const console_args& args, const console_reply& reply) {
  const auto stats = detail::one_actor(reply, args.word(0));
  if (!stats)
    return;
  const auto actor = caf::actor_cast<caf::actor>(stats->address);
  if (!actor) {
    reply.fail(caf::make_error(errc::not_found, "the actor ended meanwhile"));
    return;
  }
  reply.self()
      ->request(actor, 1s, get_status{})
      .then(
          [reply](const status_report& report) {
            auto table = console_table::make_record();
            add_report(table, report, "");
            reply.table(std::move(table));
          },
          [reply, stats](const caf::error& failure) {
            if (failure == caf::sec::request_timeout)
              reply.fail(caf::make_error(errc::timed_out,
                                         id_text(stats->id) + " did not answer in 1 s"),
                         "info and history do not need its help");
            else if (failure == caf::sec::unexpected_message)
              reply.fail(caf::make_error(errc::not_found, "it keeps no status"),
                         "info shows what the runtime knows");
            else
              reply.fail(caf::make_error(errc::unavailable, describe(failure)));
          });
}

void history(const console_args& args, const console_reply& reply) {
  const auto stats = detail::one_actor(reply, args.word(0));
  if (!stats)
    return;
  const auto now = std::chrono::steady_clock::now();
  console_table table;
  table.columns = {{"ago", true}, {"message"}, {"took", true}};
  for (const auto& each : stats->history())
    table.rows.push_back(
        {console_cell::time(std::chrono::duration<double>(now - each.at).count()),
         to_string_of(each.type),
         console_cell::time(std::chrono::duration<double>(each.took).count())});
  reply.table(std::move(table));
}

void stuck(const console_args& args, const console_reply& reply) {
  const auto over = args.time("over", 10s, 3600s);
  if (!over) {
    reply.fail(over.error());
    return;
  }
  console_table table;
  table.columns = {{"actor"}, {"path"}, {"handling"}, {"since", true}, {"mailbox", true}};
  for (const auto& each : detail::stuck_actors(table_of(reply), *over))
    table.rows.push_back({id_text(each.stats->id),
                          each.stats->path,
                          each.message,
                          console_cell::time(each.for_s),
                          each.stats->depth()});
  if (table.rows.empty())
    table.note = "no actor handles one message for longer than that";
  reply.table(std::move(table));
}

void crashes(const console_args&, const console_reply& reply) {
  console_table table;
  table.columns = {{"at"}, {"actor"}, {"path"}, {"reason"}};
  for (const auto& each : table_of(reply).obituaries())
    table.rows.push_back({to_rfc3339(each.at), id_text(each.id), each.path, each.reason});
  reply.table(std::move(table));
}

} // namespace

void add_actor_commands(console_registry& registry) {
  constexpr auto observe = console_level::observe;
  registry.add({"ps",
                observe,
                "ps [target] [--kind K] [--tenant T]",
                "Lists actors.",
                {"kind", "tenant"},
                {},
                1,
                ps});
  registry.add({"top",
                observe,
                "top [mailbox|busy|restarts|age] [--window 1s]",
                "The 20 actors with the most of it, with rates over a window.",
                {"window"},
                {},
                1,
                top});
  registry.add({"tree",
                observe,
                "tree [target] [--depth N]",
                "Actors below their parents.",
                {"depth"},
                {},
                1,
                tree});
  registry.add({"info",
                observe,
                "info <target>",
                "What the runtime knows of one actor; works when it is stuck.",
                {},
                {},
                1,
                info});
  registry.add({"state",
                observe,
                "state <target>",
                "What the actor itself reports, waiting 1 s at most.",
                {},
                {},
                1,
                state});
  registry.add({"history",
                observe,
                "history <target>",
                "The last 50 messages of one actor, oldest first.",
                {},
                {},
                1,
                history});
  registry.add({"stuck actors",
                observe,
                "stuck actors [--over 10s]",
                "Actors that have been busy with one message for long.",
                {"over"},
                {},
                0,
                stuck});
  registry.add({"crashes",
                observe,
                "crashes",
                "The last 100 actors that failed, and why.",
                {},
                {},
                0,
                crashes});
}

} // namespace caly
