#include "cluster/console/console_http.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/console/commands.hpp"
#include "runtime/console/session.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/send.hpp>

#include <future>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

const std::string ask_version = R"({"v":1,"id":7,"line":"version"})";

/// The route in front of a real console, without the HTTP server around it.
struct http_fixture {
  caf::actor_system_config config;
  caf::actor_system system{config};
  actor_gateways gateways{system, 1};
  std::vector<console_audit_entry> audits;
  console_actor door;
  router routes;
  console_http_options options;

  http_fixture() {
    auto registry = std::make_shared<console_registry>();
    add_core_commands(*registry, "caly test");
    registry->add({"break it",
                   console_level::break_glass,
                   "break it",
                   "Breaks.",
                   {},
                   {},
                   0,
                   [](const console_args&, const console_reply& reply) {
                     reply.text("broken for " + reply.user());
                   }});
    console_options console;
    console.commands = registry;
    console.node = "n1";
    console.audit = [this](console_audit_entry entry,
                           const std::function<void(caf::error)>& done) {
      audits.push_back(std::move(entry));
      done({});
    };
    door = spawn_console(system, console);
    options.token = "right-token";
  }

  ~http_fixture() {
    gateways.stop();
    caf::anon_send_exit(door, caf::exit_reason::kill);
  }

  void open() {
    add_console_route(routes, gateways, caf::actor_cast<caf::actor>(door), options);
  }

  http_response post(std::string body,
                     const std::string& authorization = "Bearer right-token",
                     const std::string& remote = "127.0.0.1") {
    std::promise<http_response> answered;
    const auto request = std::make_shared<http_request>(
        [](const std::function<void()>& work) { work(); },
        [&](http_response response) { answered.set_value(std::move(response)); });
    request->method = http_method::post;
    request->body = std::move(body);
    request->remote_ip = remote;
    if (!authorization.empty())
      request->headers.add("Authorization", authorization);
    const auto match = routes.find(http_method::post, "/admin/console");
    BOOST_REQUIRE(match.found != nullptr);
    match.found->handler(request);
    auto ready = answered.get_future();
    BOOST_REQUIRE(ready.wait_for(20s) == std::future_status::ready);
    return ready.get();
  }
};

BOOST_FIXTURE_TEST_SUITE(console_http_suite, http_fixture)

BOOST_AUTO_TEST_CASE(runs_a_line_for_who_shows_the_token) {
  open();
  const auto response = post(ask_version);
  BOOST_TEST(response.status == 200u);
  const auto line = json::parse(response.body);
  BOOST_REQUIRE(line);
  BOOST_TEST((*line)["id"].int_or(0) == 7);
  BOOST_TEST((*line)["text"].text_or("") == "caly test");
}

BOOST_AUTO_TEST_CASE(without_the_token_nothing_runs) {
  open();
  for (const auto* wrong :
       {"", "Bearer ", "Bearer right-toke", "right-token", "Basic right-token"}) {
    const auto response = post(ask_version, wrong);
    BOOST_TEST(response.status == 401u, wrong);
    BOOST_TEST(response.body.find("caly test") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(clients_of_other_machines_are_refused_unless_the_socket_takes_them) {
  open();
  BOOST_TEST(post(ask_version, "Bearer right-token", "10.0.0.7").status == 403u);
  BOOST_TEST(post(ask_version, "Bearer right-token", "::1").status == 200u);
  routes = {};
  options.loopback_only = false;
  open();
  BOOST_TEST(post(ask_version, "Bearer right-token", "10.0.0.7").status == 200u);
}

BOOST_AUTO_TEST_CASE(an_observer_does_not_break_the_glass) {
  open();
  const auto response = post(R"({"v":1,"id":1,"line":"break it"})");
  BOOST_TEST(response.status == 403u);
  BOOST_TEST(response.body.find("needs break_glass") != std::string::npos);
  BOOST_TEST(audits.empty());
}

BOOST_AUTO_TEST_CASE(a_level_wants_a_reason_which_is_in_the_audit_first) {
  open();
  const std::string line = R"({"v":1,"id":1,"line":"break it","level":"break_glass")";
  BOOST_TEST(post(line + "}").status == 422u);
  BOOST_TEST(post(line + R"(,"reason":"x"})").status == 422u);
  BOOST_TEST(audits.empty());
  const auto response = post(line + R"(,"reason":"test it","user":"asha"})");
  BOOST_TEST(response.status == 200u);
  BOOST_TEST(response.body.find("broken for asha") != std::string::npos);
  BOOST_REQUIRE(audits.size() == 1u);
  BOOST_TEST(audits[0].user == "asha");
  BOOST_TEST(audits[0].reason == "test it");
}

BOOST_AUTO_TEST_CASE(statuses_follow_the_errors_of_the_console) {
  open();
  BOOST_TEST(post(R"({"v":1,"id":1,"line":"nonsense"})").status == 404u);
  BOOST_TEST(post(R"({"v":1,"id":1,"line":"log level x y z"})").status == 422u);
  BOOST_TEST(post(R"({"v":1,"id":1,"line":)").status == 422u);
  BOOST_TEST(post(R"({"v":2,"id":1,"line":"version"})").status == 422u);
  BOOST_TEST(post(R"({"v":1,"id":1,"complete":"ver"})").status == 422u);
  BOOST_TEST(post(R"({"v":1,"id":1,"line":"version","level":"god"})").status == 422u);
}

BOOST_AUTO_TEST_CASE(a_flood_of_guesses_is_slowed_down) {
  options.requests_per_second_max = 2;
  open();
  unsigned last = 0;
  for (int i = 0; i < 8; ++i)
    last = post(ask_version, "Bearer guess").status;
  BOOST_TEST(last == 429u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
