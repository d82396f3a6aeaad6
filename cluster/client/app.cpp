#include "cluster/client/app.hpp"

#include "cluster/client/commands.hpp"
#include "cluster/client/console_command.hpp"
#include "cluster/client/replay_command.hpp"
#include "runtime/base/version.hpp"
#include "runtime/console/command.hpp"

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

namespace caly::client {

namespace {

constexpr const char* examples = R"(Examples:
  scripts/run --detach                          start a demo cluster in .state
  caly campaigns import contacts.csv --agent "Lead qualification" --watch
  caly campaigns simulate cmp_01… --lines 20
  caly campaigns ls
  caly calls ls --status completed -o csv > calls.csv
  caly console                                  debug console; help inside
  caly console -c cluster -c "ledger check" -o json
  caly doctor                                   what is wrong?

Where to: --state DIR (written by scripts/run), else --api URL after caly login, else
CALY_STATE, CALY_API, CALY_EMAIL, CALY_PASSWORD_FILE, CALY_CONSOLE, CALY_CONSOLE_TOKEN_FILE,
else what caly login kept, else .state here.
Data goes to standard output, everything else to standard error.
Exit codes: 0 ok, 1 error, 2 usage, 3 not found, 4 sign-in, 5 conflict, 6 limit or credit,
7 unavailable (try again), 13 not allowed, 130 interrupted.)";

/// The command line: what was chosen and what is to be run.
class command_line {
public:
  command_line() {
    context_.out = detect_terminal();
    app_.footer(examples);
    app_.require_subcommand(1);
    app_.fallthrough();
    app_.set_version_flag("--version", std::string{"caly "} + build_version);
    app_.add_option("-o,--output", format_, "table, json, csv or id (console: also wide)")
        ->check(CLI::IsMember({"table", "wide", "json", "csv", "id"}));
    app_.add_flag(
        "-q,--quiet", context_.out.quiet, "no words on standard error but errors");
    app_.add_flag("--no-color", no_color_, "no colours (also NO_COLOR)");
    app_.add_option("--state", context_.target.state_dir, "state folder of scripts/run");
    app_.add_option("--api", context_.target.api, "URL of a node");
    add_console();
    add_accounts();
    add_campaigns();
    add_calls();
    add_contacts();
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
      if (wrong.get_exit_code() == 0) // --help, --version
        return app_.exit(wrong);
      return static_cast<int>(complain(context_, usage_failure(wrong.what())));
    }
    if (no_color_)
      context_.out.color = false;
    if (format_ == "json")
      context_.out.format = out_format::json;
    else if (format_ == "csv")
      context_.out.format = out_format::csv;
    else if (format_ == "id")
      context_.out.format = out_format::id;
    return static_cast<int>(chosen_());
  }

private:
  /// Names what was not understood, and the command nearest to it.
  failure usage_failure(const std::string& what) const {
    failure reason{exit_code::usage, "usage", what, "caly --help"};
    const CLI::App* at = &app_;
    std::string path = "caly ";
    while (!at->get_subcommands().empty()) {
      at = at->get_subcommands().front();
      path += at->get_name() + " ";
    }
    reason.hint = path + "--help";
    const auto rest = app_.remaining(true);
    if (rest.empty() || at->get_subcommands({}).empty())
      return reason;
    reason.message = "no command " + rest.front();
    auto best = rest.front().size() / 2 + 1;
    for (const auto* each : at->get_subcommands({}))
      if (const auto distance = typing_distance(rest.front(), each->get_name());
          distance < best) {
        best = distance;
        reason.hint = "did you mean " + each->get_name() + "?";
      }
    return reason;
  }

  /// A command that does something.
  CLI::App* leaf(CLI::App& parent,
                 const std::string& name,
                 const std::string& help,
                 std::function<exit_code()> run) {
    auto* command = parent.add_subcommand(name, help);
    command->callback([this, run = std::move(run)] { chosen_ = run; });
    command->footer("caly --help shows examples and the options that all commands take.");
    return command;
  }

  CLI::App* group(const std::string& name, const std::string& help) {
    auto* command = app_.add_subcommand(name, help);
    command->require_subcommand(1);
    command->footer("caly --help shows examples and the options that all commands take.");
    return command;
  }

  void add_console() {
    auto* command = leaf(app_, "console", "debug console of the cluster", [this] {
      console_.format = format_;
      return run_console(console_, context_.target, context_.out);
    });
    command
        ->add_option(
            "-c,--command", console_.lines, "run a line and end; may be repeated")
        ->allow_extra_args(false);
    command->add_option(
        "--connect", context_.target.connect, "HOST:PORT of a node's console");
    command->add_option(
        "--token-file", context_.target.token_file, "file with settings console.token");
  }

  void add_accounts() {
    auto* login = leaf(app_, "login", "sign in and keep the session", [this] {
      return run_login(context_, email_, password_file_);
    });
    login->add_option("--email", email_, "who signs in (default CALY_EMAIL)");
    login->add_option(
        "--password-file", password_file_, "file with the password; else standard input");
    leaf(app_, "logout", "forget the session", [this] { return run_logout(context_); });
    leaf(app_, "doctor", "look whether everything answers", [this] {
      return run_doctor(context_);
    });
    auto* agents = group("agents", "the agents that talk");
    leaf(*agents, "ls", "list agents", [this] { return list_agents(context_); });
  }

  void add_file_options(CLI::App* command, file_import& order) {
    command->add_option("file", order.file, "CSV of contacts")->required();
    command->add_option("--country", order.country, "country of numbers without one")
        ->capture_default_str();
    command->add_option("--map", order.map, "FIELD=COLUMN, e.g. \"phone=Mobile No\"")
        ->allow_extra_args(false);
  }

  void add_campaigns() {
    auto* campaigns = group("campaigns", "calls to many contacts");
    auto* import = leaf(*campaigns, "import", "make a campaign of a CSV file", [this] {
      return import_campaign(context_, order_);
    });
    add_file_options(import, order_.contacts);
    import->add_option("--agent", order_.agent, "name or id of the agent")->required();
    import->add_option(
        "--name", order_.name, "name of the campaign (default: the file's)");
    import->add_option("--concurrency", order_.concurrency, "calls at a time")
        ->check(CLI::Range(1, 10'000));
    import
        ->add_option(
            "--max-attempts", order_.attempts_max, "calls to one contact at most")
        ->check(CLI::Range(1, 10));
    import
        ->add_option(
            "--retry-delay", order_.retry_delay_s, "seconds before calling again")
        ->check(CLI::Range(0, 604'800));
    import->add_flag("--start", order_.start, "start dialing at once");
    import->add_flag("--watch", order_.watch, "start, and follow it to the end");
    add_list(leaf(*campaigns, "ls", "list campaigns", [this] {
      return list_campaigns(context_, rows_max_);
    }));
    auto* show = leaf(*campaigns, "show", "one campaign and its progress", [this] {
      return show_campaign(context_, id_, order_.watch);
    });
    add_id(show);
    show->add_flag("--watch", order_.watch, "follow it to the end");
    add_forecasts(*campaigns);
    for (const std::string action : {"start", "pause", "resume", "stop", "redial"})
      add_id(leaf(*campaigns, action, action + " a campaign", [this, action] {
        return change_campaign(context_, id_, action);
      }));
  }

  void add_forecasts(CLI::App& campaigns) {
    auto* simulate =
        leaf(campaigns, "simulate", "when it would end and what it would cost", [this] {
          return simulate_campaign(context_, id_, wishes_);
        });
    add_id(simulate);
    simulate->add_option("--lines", wishes_.lines, "calls at a time instead")
        ->check(CLI::Range(1, 1000));
    simulate->add_option("--starts-at", wishes_.starts_at, "e.g. 2026-11-23T09:00:00Z");
    simulate->add_option("--answer-rate", wishes_.answer_rate, "answered calls, 0 to 1")
        ->check(CLI::Range(0.0, 1.0));
    simulate->add_option("--talk", wishes_.talk_s, "mean length of a talk in seconds")
        ->check(CLI::Range(1.0, 14'400.0));
    add_id(
        leaf(campaigns, "forecast", "what was predicted, beside what happened", [this] {
          return show_forecast(context_, id_);
        }));
  }

  void add_calls() {
    auto* calls = group("calls", "single calls");
    auto* list = add_list(leaf(*calls, "ls", "list calls, newest first", [this] {
      return list_calls(context_, campaign_, status_, rows_max_);
    }));
    list->add_option("--campaign", campaign_, "only calls of this campaign");
    list->add_option("--status", status_, "only calls with this status");
    add_id(leaf(*calls, "show", "one call with its timeline and transcript", [this] {
      return show_call(context_, id_);
    }));
    add_id(leaf(
        *calls, "hangup", "end a live call", [this] { return hang_up(context_, id_); }));
    auto* replay = leaf(*calls, "replay", "run an ended call again from its log", [this] {
      return replay_call(context_, id_, replay_);
    });
    replay->add_option("id", id_, "call; not with --file");
    replay->add_option("--file", replay_.file, "a log that --save wrote");
    replay->add_option("--save", replay_.save, "also write the log to this file");
    replay->add_flag("--verbose", replay_.verbose, "a line for each event");
    replay->add_flag("--any-build", replay_.any_build, "also a log of another build");
  }

  void add_contacts() {
    auto* contacts = group("contacts", "people that may be called");
    auto* import = leaf(*contacts, "import", "import contacts from a CSV file", [this] {
      return import_contacts(context_, order_.contacts);
    });
    add_file_options(import, order_.contacts);
    add_id(leaf(
        *contacts, "errors", "rows of an import that were not taken, as CSV", [this] {
          return show_import_errors(context_, id_);
        }));
    auto* list = add_list(leaf(*contacts, "ls", "list contacts", [this] {
      return list_contacts(context_, query_, rows_max_);
    }));
    list->add_option("--query", query_, "a part of the name or number");
  }

  void add_id(CLI::App* command) { command->add_option("id", id_, "its id")->required(); }

  CLI::App* add_list(CLI::App* command) {
    command->add_option("--limit", rows_max_, "rows at most")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    return command;
  }

  CLI::App app_{"caly: campaigns, calls and the debug console of a Caly cluster"};
  command_context context_;
  console_command console_;
  campaign_import order_;
  campaign_wishes wishes_;
  replay_wishes replay_;
  std::function<exit_code()> chosen_;
  std::string format_ = "table";
  std::string email_;
  std::string password_file_;
  std::string id_;
  std::string campaign_;
  std::string status_;
  std::string query_;
  std::size_t rows_max_ = 50;
  bool no_color_ = false;
};

} // namespace

int run_client(int argc, char** argv) {
  return command_line{}.run(argc, argv);
}

} // namespace caly::client
