#include "runtime/console/session_core.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/observe/redact.hpp"

#include <caf/actor_cast.hpp>
#include <caf/send.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace caly::detail {

using std::chrono::milliseconds;

namespace {

constexpr std::size_t runs_max = 8;
constexpr milliseconds elevation_time{15 * 60 * 1'000};
/// The other console ends the run by its own limits; this one only outlasts its link.
constexpr milliseconds forward_limit{32'000};
constexpr std::int64_t rows_default = 500;
constexpr std::int64_t rows_most = 10'000;

std::string elevate_hint(console_level needed) {
  return "elevate " + to_string(needed) + " --reason \"…\"";
}

caf::expected<console_format> format_of(const console_args& args) {
  const auto name = args.text("output", args.has("json") ? "json" : "table");
  if (name == "table")
    return console_format::table;
  if (name == "wide")
    return console_format::wide;
  if (name == "json")
    return console_format::json;
  if (name == "csv")
    return console_format::csv;
  return caf::make_error(errc::invalid, "-o takes table, wide, json or csv");
}

} // namespace

bool is_session_command(const std::string& name) {
  return name == "help" || name == "?" || name == "elevate" || name == "drop";
}

session_core::session_core(caf::event_based_actor* self,
                           console_options settings,
                           std::string user)
    : self_{self}, settings_{std::move(settings)}, user_{std::move(user)} {}

session_core::~session_core() {
  for (const auto& [number, run] : runs_)
    run->close();
}

console_level session_core::level() const {
  return self_->clock().now() < elevated_until_ ? elevated_ : console_level::observe;
}

void session_core::elevate(console_level level, std::string reason) {
  elevated_ = level;
  elevated_until_ = self_->clock().now() + elevation_time;
  reason_ = std::move(reason);
}

session_core::run_ptr session_core::find(std::uint64_t number) const {
  const auto found = runs_.find(number);
  return found != runs_.end() ? found->second : nullptr;
}

void session_core::handle(std::string_view text,
                          std::function<void(std::string)> out,
                          bool streams) {
  auto request = parse_console_request(text);
  if (!request) {
    out(console_failure("null", level(), request.error(), ""));
    return;
  }
  if (request->what == console_request::kind::complete) {
    complete(*request, out);
    return;
  }
  if (request->what == console_request::kind::cancel) {
    cancel(request->id);
    return;
  }
  if (runs_.size() >= runs_max) {
    out(console_failure(request->id,
                        level(),
                        caf::make_error(errc::overloaded, "8 commands are running"),
                        "wait for one of them or cancel it"));
    return;
  }
  const auto number = next_run_++;
  const auto run = std::make_shared<session_run>(
      *this, number, std::move(*request), std::move(out), streams);
  runs_.emplace(number, run);
  const auto line = parse_console_line(run->request.text);
  if (!line)
    run->fail(line.error(), "");
  else if (line->command.empty())
    run->text("");
  else
    start(run, *line);
}

void session_core::start(const run_ptr& run, const console_line& line) {
  run->filters = line.filters;
  std::size_t used = 0;
  const auto* command = settings_.commands->find(line.command, used);
  if (command == nullptr) {
    const auto& name = line.command.front().text;
    const auto near = settings_.commands->nearest(name);
    run->fail(caf::make_error(errc::not_found, "no command " + name),
              near.empty() ? "help shows all commands" : "did you mean " + near + "?");
    return;
  }
  start_command(
      run,
      *command,
      {line.command.begin() + static_cast<std::ptrdiff_t>(used), line.command.end()});
}

void session_core::start_command(const run_ptr& run,
                                 const console_command& command,
                                 const std::vector<console_word>& words) {
  auto args = parse_console_args(command, words);
  if (!args) {
    run->fail(args.error(), "help " + command.name);
    return;
  }
  const auto format = format_of(*args);
  const auto rows = args->integer("limit", rows_default, 1, rows_most);
  if (!format || !rows) {
    run->fail(!format ? format.error() : rows.error(), "help " + command.name);
    return;
  }
  run->command = &command;
  run->args = std::move(*args);
  run->format = *format;
  run->rows_max = static_cast<std::size_t>(*rows);
  if (command.name == "elevate" || command.name == "drop") {
    change_level(run);
  } else if (level() < command.level) {
    spdlog::warn("console: refused a command user={} level={} needs={} line={}",
                 user_,
                 to_string(level()),
                 to_string(command.level),
                 redacted(run->request.text));
    run->fail(caf::make_error(errc::forbidden, "needs " + to_string(command.level)),
              elevate_hint(command.level));
  } else if (command.level == console_level::observe) {
    execute(run);
  } else {
    audit(run);
  }
}

void session_core::change_level(const run_ptr& run) {
  if (run->command->name == "drop") {
    elevated_until_ = {};
    run->text("level observe");
    return;
  }
  const auto wanted = parse_console_level(run->args.word(0));
  if (!wanted || run->args.text("reason").size() < 3) {
    run->fail(caf::make_error(errc::invalid, "usage: " + run->command->usage),
              "say why in a few words");
    return;
  }
  if (*wanted > level_max_) {
    run->fail(caf::make_error(errc::forbidden,
                              user_ + " may go up to " + to_string(level_max_)),
              "ask an owner of the platform");
    return;
  }
  audit(run);
}

void session_core::audit(const run_ptr& run) {
  if (!settings_.audit) {
    run->fail(caf::make_error(errc::forbidden, "this node cannot keep an audit"), "");
    return;
  }
  console_audit_entry entry;
  entry.user = user_;
  entry.node = run->args.text("node", settings_.node);
  entry.level = run->command->level;
  if (run->command->name == "elevate")
    entry.level = *parse_console_level(run->args.word(0));
  entry.reason = run->reason();
  entry.line = redacted(run->request.text);
  spdlog::info("console: about to run user={} line={} reason={}",
               entry.user,
               entry.line,
               entry.reason);
  settings_.audit(std::move(entry),
                  [to = caf::actor_cast<caf::actor>(self_->address()),
                   number = run->number_](caf::error failure) {
                    caf::anon_send(to, console_audited{number, std::move(failure)});
                  });
}

void session_core::on_audited(console_audited& audited) {
  const auto run = find(audited.run);
  if (!run)
    return;
  if (audited.failure) {
    run->fail(caf::make_error(errc::unavailable, "the audit could not be kept"),
              "nothing was done; try again");
    return;
  }
  if (run->command->name == "elevate") {
    elevate(*parse_console_level(run->args.word(0)), run->args.text("reason"));
    run->text("level " + to_string(level()) + " for 15 minutes");
    return;
  }
  execute(run);
}

void session_core::execute(const run_ptr& run) {
  const auto node = run->args.text("node");
  if (!node.empty() && node != settings_.node) {
    forward(run, node);
    return;
  }
  if (run->command->name == "help" || run->command->name == "?") {
    help(run);
    return;
  }
  try {
    run->command->run(run->args, console_reply{run});
  } catch (const std::exception& failure) {
    spdlog::error(
        "console: command failed name={} what={}", run->command->name, failure.what());
    run->fail(caf::make_error(errc::unavailable, std::string{failure.what()}), "");
  }
}

void session_core::forward(const run_ptr& run, const std::string& node) {
  if (!settings_.forward) {
    run->fail(caf::make_error(errc::not_found, "no node " + node), "");
    return;
  }
  run->extend(forward_limit);
  json_writer request;
  request.begin_object()
      .field("v", console_protocol_version)
      .raw_field("id", run->request.id)
      .field("line", run->request.text)
      .end_object();
  settings_.forward(node,
                    console_run{user_, level(), reason_, std::move(request).str()},
                    [to = caf::actor_cast<caf::actor>(self_->address()),
                     number = run->number_](caf::expected<std::string> answer) {
                      caf::anon_send(
                          to,
                          console_forwarded{number,
                                            answer ? std::move(*answer) : std::string{},
                                            answer ? caf::error{} : answer.error()});
                    });
}

void session_core::on_forwarded(console_forwarded& forwarded) {
  const auto run = find(forwarded.run);
  if (!run)
    return;
  if (forwarded.failure)
    run->fail(std::move(forwarded.failure), "nodes shows which nodes are up");
  else
    run->answered_elsewhere(std::move(forwarded.answer));
}

void session_core::help(const run_ptr& run) const {
  if (!run->args.words.empty()) {
    std::string name;
    for (const auto& word : run->args.words)
      name += (name.empty() ? "" : " ") + word;
    const auto* command = settings_.commands->find(name);
    if (command == nullptr)
      run->fail(caf::make_error(errc::not_found, "no command " + name),
                "did you mean " + settings_.commands->nearest(name) + "?");
    else
      run->text(command->usage + "\n" + command->help +
                "\nlevel: " + to_string(command->level) + "\n");
    return;
  }
  console_table table;
  table.columns = {{"command"}, {"level"}, {"usage", false, true}, {"help"}};
  for (const auto& [name, command] : settings_.commands->all())
    table.rows.push_back({name, to_string(command.level), command.usage, command.help});
  table.note = "all: -o table|wide|json|csv, --limit N, --node N, "
               "| grep [-v] text, | sort column [desc], | head n";
  run->table(std::move(table));
}

void session_core::complete(const console_request& request,
                            const std::function<void(std::string)>& out) const {
  const auto line = parse_console_line(request.text);
  std::vector<std::string> found;
  if (line && line->filters.empty() && !line->command.empty()) {
    std::size_t used = 0;
    const auto& last = line->command.back().text;
    const auto* command = settings_.commands->find(line->command, used);
    if (command != nullptr && last.starts_with("-"))
      for (const auto* names : {&command->flags, &command->switches})
        for (const auto& name : *names)
          if (("--" + name).starts_with(last))
            found.push_back("--" + name);
    if (found.empty())
      found = settings_.commands->starting_with(request.text);
  } else if (request.text.empty()) {
    found = settings_.commands->starting_with("");
  }
  out(console_completions(request.id, level(), found));
}

void session_core::cancel(const std::string& id) {
  for (const auto& [number, run] : runs_) {
    if (run->request.id != id)
      continue;
    const auto found = run;
    found->text("cancelled");
    return;
  }
}

void session_core::on_timer(const console_timer& due) {
  if (const auto run = find(due.run))
    run->on_timer(due);
}

} // namespace caly::detail
