#include "cluster/client/endpoints.hpp"

#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace caly::client {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_bytes_max = 256 * 1024;

std::string given(const std::string& option, const char* variable) {
  if (!option.empty())
    return option;
  const auto* value = std::getenv(variable);
  return value != nullptr ? value : "";
}

std::vector<std::string> texts_of(const json& list) {
  std::vector<std::string> texts;
  for (const auto& each : list.items())
    texts.emplace_back(each.text_or(""));
  return texts;
}

outcome<endpoints> read_state(const std::string& folder) {
  const auto file = fs::path{folder} / "endpoints.json";
  const auto text = read_text_file(file);
  if (!text)
    return failure{exit_code::unavailable,
                   "unavailable",
                   "no cluster runs from " + folder + " (" + text.error().message + ")",
                   "scripts/run --detach --state " + folder + " starts one"};
  const auto object = json::parse(*text);
  if (!object || !object->is_object())
    return failure{exit_code::error, "invalid", file.string() + " is broken", ""};
  endpoints found;
  found.apis = texts_of((*object)["api"]);
  found.consoles = texts_of((*object)["console"]);
  found.console_token = (*object)["admin_token"].text_or("");
  found.email = (*object)["demo"]["email"].text_or("");
  found.password = (*object)["demo"]["password"].text_or("");
  return found;
}

} // namespace

outcome<std::string> read_text_file(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return failure{
        exit_code::error, "not_found", "cannot read " + file.string(), "does it exist?"};
  std::string text(file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > file_bytes_max)
    return failure{exit_code::error, "too_large", file.string() + " is too large", ""};
  return std::string{trim(text)};
}

outcome<void> write_private_file(const fs::path& file, const std::string& text) {
  std::error_code ec;
  fs::create_directories(file.parent_path(), ec);
  fs::permissions(file.parent_path(), fs::perms::owner_all, ec);
  const auto part = file.string() + "." + std::to_string(getpid());
  const int fd = open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const auto written = fd >= 0 ? write(fd, text.data(), text.size()) : -1;
  if (fd >= 0)
    close(fd);
  if (written == static_cast<ssize_t>(text.size()))
    fs::rename(part, file, ec);
  if (fd < 0 || written != static_cast<ssize_t>(text.size()) || ec) {
    fs::remove(part, ec);
    return failure{exit_code::error, "error", "cannot write " + file.string(), ""};
  }
  return {};
}

fs::path config_folder() {
  if (const auto* folder = std::getenv("XDG_CONFIG_HOME"); folder != nullptr && *folder)
    return fs::path{folder} / "caly";
  const auto* home = std::getenv("HOME");
  return fs::path{home != nullptr ? home : "."} / ".config" / "caly";
}

namespace {

/// `.state`, where `scripts/run` put a cluster beside the user, unless another one is
/// meant.
std::string state_folder(const target_options& options) {
  auto folder = given(options.state_dir, "CALY_STATE");
  const bool elsewhere = !given(options.api, "CALY_API").empty() ||
                         !given(options.connect, "CALY_CONSOLE").empty() ||
                         fs::exists(config_folder() / "session.json");
  if (folder.empty() && !elsewhere && fs::exists(".state/endpoints.json"))
    folder = ".state";
  return folder;
}

} // namespace

outcome<endpoints> find_endpoints(const target_options& options) {
  endpoints found;
  if (const auto folder = state_folder(options); !folder.empty()) {
    auto state = read_state(folder);
    if (!state)
      return state.error();
    found = std::move(*state);
  }
  if (const auto api = given(options.api, "CALY_API"); !api.empty())
    found.apis = {api};
  if (const auto email = given("", "CALY_EMAIL"); !email.empty()) {
    found.email = email;
    found.password.clear();
  }
  if (const auto file = given("", "CALY_PASSWORD_FILE"); !file.empty()) {
    const auto password = read_text_file(file);
    if (!password)
      return password.error();
    found.password = *password;
  }
  if (const auto console = given(options.connect, "CALY_CONSOLE"); !console.empty())
    found.consoles = {console};
  if (const auto file = given(options.token_file, "CALY_CONSOLE_TOKEN_FILE");
      !file.empty()) {
    const auto token = read_text_file(file);
    if (!token)
      return token.error();
    found.console_token = *token;
  }
  return found;
}

} // namespace caly::client
