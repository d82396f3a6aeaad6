#include "tests/support/postgres.hpp"

#include "runtime/base/error.hpp"
#include "storage/pg/migrate.hpp"

#include <pqxx/pqxx>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace caly::test {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto database_prefix = "caly_test_";

std::string find_program(const std::string& name) {
  for (const auto* version : {"15", "16", "17", "14"}) {
    const auto path = std::string{"/usr/lib/postgresql/"} + version + "/bin/" + name;
    if (fs::exists(path))
      return path;
  }
  throw std::runtime_error{"no PostgreSQL server is installed: " + name};
}

/// PostgreSQL refuses to run as root: whom to become then.
const passwd* unprivileged_user() {
  if (geteuid() != 0)
    return nullptr;
  for (const auto* name : {"postgres", "nobody"})
    if (const auto* user = getpwnam(name))
      return user;
  throw std::runtime_error{"no unprivileged user to run PostgreSQL as"};
}

/// Starts a program; it is killed when this process dies.
pid_t start(const std::vector<std::string>& command,
            const std::string& log,
            const passwd* user) {
  std::fflush(nullptr); // what is buffered must not be written twice
  std::cout.flush();
  const auto pid = fork();
  if (pid != 0)
    return pid;
  if (user != nullptr && (setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (freopen(log.c_str(), "a", stdout) == nullptr ||
      freopen(log.c_str(), "a", stderr) == nullptr || chdir("/") != 0)
    _exit(126);
  std::vector<char*> arguments;
  for (const auto& each : command)
    arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(127);
}

/// Benchmarks want commits that reach the disk.
bool durable() {
  const auto* text = std::getenv("CALY_TEST_FSYNC");
  return text != nullptr && std::string_view{text} == "on";
}

class private_server {
public:
  private_server() {
    std::string pattern = "/tmp/caly-pg-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"cannot make a folder for PostgreSQL"};
    folder_ = pattern;
    const auto* user = unprivileged_user();
    if (user != nullptr && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error{"cannot hand the folder over"};
    const auto data = (folder_ / "data").string();
    const auto log = (folder_ / "log").string();
    int status = 0;
    const auto made = start({find_program("initdb"),
                             "-D",
                             data,
                             "-U",
                             "postgres",
                             "-A",
                             "trust",
                             "-E",
                             "UTF8",
                             "--locale=C.UTF-8",
                             "--no-sync"},
                            log,
                            user);
    waitpid(made, &status, 0);
    if (status != 0)
      throw std::runtime_error{"initdb failed, see " + log};
    server_ = start({find_program("postgres"),
                     "-D",
                     data,
                     "-k",
                     folder_.string(),
                     "-c",
                     "listen_addresses=",
                     "-c",
                     std::string{"fsync="} + (durable() ? "on" : "off"),
                     "-c",
                     "max_connections=60"},
                    log,
                    user);
    wait_until_ready();
  }

  private_server(const private_server&) = delete;
  private_server& operator=(const private_server&) = delete;

  ~private_server() {
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::string url() const { return "host=" + folder_.string() + " user=postgres"; }

private:
  void wait_until_ready() {
    for (int i = 0; i < 300; ++i) {
      try {
        pqxx::connection probe{url() + " dbname=postgres"};
        return;
      } catch (const pqxx::broken_connection&) {
        std::this_thread::sleep_for(50ms);
      }
    }
    throw std::runtime_error{"PostgreSQL does not start, see " +
                             (folder_ / "log").string()};
  }

  fs::path folder_;
  pid_t server_ = 0;
};

const std::string& server_url() {
  static const std::string given = [] {
    const auto* text = std::getenv("CALY_TEST_DATABASE_URL");
    return std::string{text != nullptr ? text : ""};
  }();
  if (!given.empty())
    return given;
  static private_server server;
  static const std::string url = server.url();
  return url;
}

std::string create(const std::string& from) {
  static int count = 0;
  const auto name =
      database_prefix + std::to_string(getpid()) + "_" + std::to_string(++count);
  pqxx::connection at{server_url() + " dbname=postgres"};
  pqxx::nontransaction txn{at};
  txn.exec("drop database if exists " + name);
  txn.exec("create database " + name + (from.empty() ? "" : " template " + from));
  return name;
}

std::string url_of(const std::string& database) {
  return server_url() + " dbname=" + database;
}

/// Migrated once, copied for every test.
const std::string& migrated() {
  static const std::string name = [] {
    auto made = create("");
    pg::connection_options options;
    options.url = url_of(made);
    if (const auto done = pg::migrate(options); !done)
      throw std::runtime_error{"cannot migrate: " + to_string(done.error())};
    return made;
  }();
  return name;
}

} // namespace

std::string fresh_database() {
  return url_of(create(migrated()));
}

std::string empty_database() {
  return url_of(create(""));
}

} // namespace caly::test
