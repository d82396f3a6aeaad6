#pragma once

#include "config/settings.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace caly {

/// Exit code of a process whose settings are wrong (EX_CONFIG).
inline constexpr int exit_bad_config = 78;

/// Where settings come from; a later source wins over an earlier one:
/// built-in < files in order < well-known environment names < `CALY__…` < flags.
struct config_sources {
  std::vector<std::filesystem::path> files;
  std::vector<std::pair<std::string, std::string>> environment;
  /// `--section.key=value`. Secrets are refused here: flags show in process lists.
  std::vector<std::string> flags;
};

struct config_problem {
  std::string place; ///< `caly.toml:3:7`, `environment PORT`, `flag --net.port`.
  std::string text;  ///< `net.port: 70000 is above 65535`.

  std::string str() const { return place.empty() ? text : place + ": " + text; }
};

struct loaded_settings {
  settings values;
  /// Setting name to the place that its value came from; absent means built-in.
  std::map<std::string, std::string> origins;
  /// All problems of all sources at once; `values` may only be used when there is none.
  std::vector<config_problem> problems;

  bool ok() const noexcept { return problems.empty(); }

  std::string origin(const std::string& name) const;
};

/// Reads and checks all sources.
///
/// Every setting `x` may also be given as `x_file`: the value is then the content of that
/// file without the final line break.
loaded_settings load_settings(const config_sources& sources);

/// The environment of this process.
std::vector<std::pair<std::string, std::string>> process_environment();

} // namespace caly
