#include "cluster/node/node.hpp"
#include "config/loader.hpp"
#include "config/render.hpp"
#include "runtime/base/protocol.hpp"
#include "runtime/base/version.hpp"
#include "runtime/observe/last_words.hpp"
#include "runtime/observe/log.hpp"
#include "runtime/observe/process.hpp"

#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

namespace {

using namespace caly;

/// Prints every problem of the settings at once.
int refuse(const loaded_settings& loaded) {
  std::cerr << print_problems(loaded) << "calyd: " << loaded.problems.size()
            << " problem(s) in the settings; calyd --help-config explains each of them\n";
  return exit_bad_config;
}

/// `calyd 0.1.0 (protocol 1 to 2)`.
std::string version_text() {
  return std::string{"calyd "} + build_version + " (protocol " +
         std::to_string(static_cast<int>(protocol_min)) + " to " +
         std::to_string(static_cast<int>(protocol_max)) + ")";
}

/// Waits for SIGTERM or SIGINT, then until the node has drained; further signals hurry
/// it.
void wait_for_end(const sigset_t& signals, node& process) {
  constexpr timespec look_interval{0, 200'000'000};
  while (!process.may_end())
    if (const auto number = sigtimedwait(&signals, nullptr, &look_interval); number > 0) {
      spdlog::info("calyd: asked to end signal={}", number);
      process.wish_end();
    }
}

int serve(const settings& chosen) {
  bound_heap();
  leave_last_words("calyd");
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that closes its socket must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN); // a file at its limit is an error of its writer
  node process{chosen};
  if (auto failure = process.start()) {
    const auto why = process.render(failure);
    spdlog::error("calyd: cannot start reason={}", why);
    // In one piece, since log lines may go the same way.
    std::cerr << "calyd: cannot start: " + why + '\n';
    process.stop(node::exit_code(failure));
  }
  wait_for_end(signals, process);
  process.stop(0);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"calyd: one node of a Caly cluster"};
  config_sources sources;
  bool check = false;
  bool print = false;
  bool help_config = false;
  bool sample = false;
  app.add_option("--config", sources.files, "settings file (TOML); may be repeated");
  app.add_flag("--check-config", check, "check the settings and end (0 good, 78 bad)");
  app.add_flag("--print-config", print, "print the settings with the origin of each");
  app.add_flag("--help-config", help_config, "explain every setting");
  app.add_flag("--sample-config", sample, "print a settings file to start from");
  app.set_version_flag("--version", version_text());
  app.footer(
      "Any setting may be given as --section.key=value or CALY__SECTION__KEY=value.");
  app.allow_extras();
  CLI11_PARSE(app, argc, argv);
  sources.flags = app.remaining();
  if (help_config || sample) {
    std::cout << (sample ? sample_settings() : settings_help());
    return 0;
  }
  sources.environment = process_environment();
  const auto loaded = load_settings(sources);
  if (!loaded.ok())
    return refuse(loaded);
  if (print)
    std::cout << print_settings(loaded);
  if (check)
    std::cerr << "calyd: the settings are good\n";
  return print || check ? 0 : serve(loaded.values);
}
