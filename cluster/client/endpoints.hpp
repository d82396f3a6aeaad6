#pragma once

#include "cluster/client/failure.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace caly::client {

/// Where a cluster is and how to get in.
struct endpoints {
  std::vector<std::string> apis;     ///< URLs; any of them will do
  std::vector<std::string> consoles; ///< host:port; any of them will do
  std::string console_token;
  std::string email;
  std::string password; ///< empty: a session kept from `caly login` is needed
};

/// What the user gave.
struct target_options {
  std::string state_dir;  ///< of `scripts/run`
  std::string api;        ///< URL
  std::string connect;    ///< console, host:port
  std::string token_file; ///< of the console
};

/// The options, else the environment (`CALY_STATE`, `CALY_API`, `CALY_EMAIL`,
/// `CALY_PASSWORD_FILE`, `CALY_CONSOLE`, `CALY_CONSOLE_TOKEN_FILE`), else what `caly
/// login` kept, else the cluster of `.state` in the working directory. Errors: a file
/// that is missing or broken.
outcome<endpoints> find_endpoints(const target_options& options);

/// Where `caly` keeps sessions and history: `$XDG_CONFIG_HOME/caly` or `~/.config/caly`.
std::filesystem::path config_folder();

/// A small text file, without white space at both ends.
outcome<std::string> read_text_file(const std::filesystem::path& file);

/// Replaces a file at once; only its owner may read it.
outcome<void> write_private_file(const std::filesystem::path& file,
                                 const std::string& text);

} // namespace caly::client
