#include "cluster/client/console_client.hpp"
#include "cluster/console/console_server.hpp"
#include "cluster/links/tcp_connect.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/observe/actor_table.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace caly::test {
namespace {

using namespace std::chrono_literals;
using client::console_client;
using client::exit_code;

/// A console server on a free port of the loopback, with real sockets and threads.
struct server_fixture {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::unique_ptr<console_server> server;
  console_server_options options;

  server_fixture() {
    options.token = "right-token";
    options.sessions_max = 2;
  }

  void start() {
    auto registry = std::make_shared<console_registry>();
    add_core_commands(*registry, "caly test");
    registry->add({"judge",
                   console_level::observe,
                   "judge",
                   "Finds something broken.",
                   {},
                   {},
                   0,
                   [](const console_args&, const console_reply& reply) {
                     console_table table{{{"id"}}, {{"P1"}}, false, {}, 1};
                     reply.table(std::move(table));
                   }});
    console_options console;
    console.commands = registry;
    console.node = "n1";
    server = std::make_unique<console_server>(system, console, options);
    BOOST_REQUIRE(!server->start());
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(server->port()); }

  client::outcome<console_client> open(const std::string& token = "right-token") const {
    return console_client::open(address(), token, "asha");
  }

  /// What the server says to these bytes until it closes the connection.
  std::string raw(const std::string& bytes) const {
    const int fd = tcp_connect("127.0.0.1", server->port(), 2s);
    BOOST_REQUIRE(fd >= 0);
    BOOST_REQUIRE(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) > 0);
    std::string heard;
    char buffer[4096];
    for (;;) {
      pollfd waiting{fd, POLLIN, 0};
      BOOST_REQUIRE_MESSAGE(poll(&waiting, 1, 20'000) == 1, "still open after 20 s");
      const auto count = recv(fd, buffer, sizeof(buffer), 0);
      if (count <= 0)
        break;
      heard.append(buffer, static_cast<std::size_t>(count));
    }
    close(fd);
    return heard;
  }
};

BOOST_FIXTURE_TEST_SUITE(console_server_suite, server_fixture)

BOOST_AUTO_TEST_CASE(runs_lines_for_who_shows_the_token) {
  start();
  auto console = open();
  BOOST_REQUIRE(console);
  BOOST_TEST(console->node() == "n1");
  const auto result = console->run("version", [](const std::string&) {});
  BOOST_REQUIRE(result);
  BOOST_TEST(result->text == "caly test");
}

BOOST_AUTO_TEST_CASE(a_wrong_token_gets_one_error_line_and_the_door) {
  start();
  const auto refused = open("wrong-token");
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().exit == exit_code::auth));
  const auto heard = raw("nonsense\n{\"v\":1,\"id\":1,\"line\":\"version\"}\n");
  BOOST_TEST(std::count(heard.begin(), heard.end(), '\n') == 1);
  BOOST_TEST(heard.find("unauthorized") != std::string::npos);
  BOOST_TEST(heard.find("caly test") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_beginning_of_the_token_is_not_enough) {
  start();
  BOOST_TEST(!open("right"));
  BOOST_TEST(!open(""));
  BOOST_TEST(!open("right-token-and-more"));
}

BOOST_AUTO_TEST_CASE(who_shows_no_token_in_time_is_cut_off) {
  options.sign_in_timeout = 20ms;
  start();
  BOOST_TEST(raw("right-tok").empty());
}

BOOST_AUTO_TEST_CASE(a_line_beyond_the_limit_ends_the_connection) {
  options.line_bytes_max = 1'000;
  start();
  const auto heard = raw("right-token\n" + std::string(5'000, 'x'));
  BOOST_TEST(heard.find("too_large") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(too_many_lines_a_second_end_the_connection) {
  options.lines_per_second_max = 3;
  start();
  std::string lines = "right-token\n";
  for (int i = 0; i < 50; ++i)
    lines += "{}\n";
  BOOST_TEST(raw(lines).find("rate_limited") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(more_clients_than_allowed_are_told_so) {
  start();
  const auto one = open();
  const auto two = open();
  BOOST_REQUIRE(one);
  BOOST_REQUIRE(two);
  const auto three = open();
  BOOST_REQUIRE(!three);
  BOOST_TEST((three.error().exit == exit_code::limit));
}

BOOST_AUTO_TEST_CASE(an_answer_may_say_that_something_is_broken) {
  start();
  auto console = open();
  BOOST_REQUIRE(console);
  const auto result = console->run("judge", [](const std::string&) {});
  BOOST_REQUIRE(result);
  BOOST_TEST((result->exit == exit_code::error));
  BOOST_TEST(result->text.find("P1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_is_no_crash) {
  start();
  {
    auto console = open();
    BOOST_REQUIRE(console);
    BOOST_REQUIRE(console->run("version", [](const std::string&) {}));
  }
  server->stop();
  system.await_all_actors_done();
  BOOST_TEST(actor_table::of(system).obituaries().empty());
}

BOOST_AUTO_TEST_CASE(stopping_cuts_clients_off) {
  start();
  auto console = open();
  BOOST_REQUIRE(console);
  server->stop();
  const auto result = console->run("version", [](const std::string&) {});
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error().exit == exit_code::unavailable));
  BOOST_TEST(server->sessions() == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_listen_without_a_token) {
  options.token.clear();
  console_server none{system, {}, options};
  BOOST_TEST(static_cast<bool>(none.start()));
}

BOOST_AUTO_TEST_CASE(errors_keep_their_exit_code_and_hint_on_the_way) {
  start();
  auto console = open();
  BOOST_REQUIRE(console);
  const auto result = console->run("kill call:1", [](const std::string&) {});
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error().exit == exit_code::permission));
  BOOST_TEST(result.error().hint.find("elevate") == 0u);
  BOOST_TEST(!console->complete("log").empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
